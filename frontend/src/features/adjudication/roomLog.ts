/**
 * The labelmap of a room as one page has it: the server's log up to its head, and one's own edits that the log does
 * not have yet painted on top. The server's order wins: its edits come under one's own, which are painted again on
 * what they now find. So every page that has the whole log and nothing of its own holds the same voxels.
 */
import { type Edit, editBetween, EditError, invertEdit, type NamedEdit, type Rebased, rebaseEdit, revertEdit } from '~/viewer';

import type { LogEdit } from '../drawing';

/** An edit of the server's log: what came of it in the server's order. */
export interface NumberedEdit extends LogEdit {
  /** 1 for the first. */
  readonly number: number;
}

/** What came of edits that were taken in. */
export interface TakenIn<Step> extends Rebased {
  /** Edits of the log that the canvas holds now, in their order. */
  readonly steps: readonly Step[];
}

export interface RoomCanvas {
  readonly voxels: Uint8Array;
  /** @throws EditError where it does not fit; then nothing is changed. */
  apply(edit: Edit): void;
}

/** One's own edit that the log does not have. */
interface OwnEdit<Own> {
  /** As it was made: what one wanted, which the server paints on whatever it finds. */
  readonly made: Own;
  /** As it lies on the canvas now. */
  readonly painted: Edit;
}

/** The page's voxels and the server's have come apart: take the server's whole. */
export class LogDiverged extends Error {
  override name = 'LogDiverged';
}

export class RoomLog<Own extends NamedEdit = NamedEdit, Step extends NumberedEdit = NumberedEdit> {
  private own: readonly OwnEdit<Own>[] = [];
  /** Edits that came before those that go before them. */
  private readonly early = new Map<number, Step>();

  /**
   * @param canvas holds the state at `head`.
   * @param head the number of the last edit that the canvas holds, 0 before the first.
   * @param known edits by id, for undos; this log adds what comes.
   */
  constructor(
    private readonly canvas: RoomCanvas,
    public head: number,
    private readonly known: Map<string, Edit>,
  ) {}

  /** Own edits that the log does not have, in order, each as it is to be sent. */
  get pending(): readonly Own[] {
    // Of an undo what it gives back now; of a stroke all that it covered, whatever has come under it.
    return this.own.map(({ made, painted }) => (made.undoes === null ? made : { ...made, edit: painted }));
  }

  get pendingCount(): number {
    return this.own.length;
  }

  /** Whether an edit is missing between those that came. */
  get hasGap(): boolean {
    return this.early.size > 0;
  }

  /** Whether the canvas holds it, or it waits for others. */
  has(number: number): boolean {
    return number <= this.head || this.early.has(number);
  }

  /** An own edit that is painted already. */
  add(made: Own): void {
    this.known.set(made.edit_id, made.edit);
    this.own = [...this.own, { made, painted: made.edit }];
  }

  /** An own edit of an earlier visit, which is painted now. */
  replay(made: Own): Rebased {
    this.own = [...this.own, this.paint(made)];
    return { confirmed: [], pending: this.painted() };
  }

  /**
   * Take in edits of the log, in any order; those that are known are passed over.
   *
   * @returns own edits that the log turned out to have, as it has them, and the others as they lie on the canvas.
   * @throws LogDiverged where one does not fit; `reset` mends it.
   */
  receive(edits: readonly Step[]): TakenIn<Step> {
    for (const edit of edits) if (edit.number > this.head) this.early.set(edit.number, edit);
    const steps = this.takeReady();
    const confirmed = this.confirmNext(steps);
    const rest = steps.slice(confirmed.length);
    if (rest.length > 0) this.pullUnder(rest);
    return { steps, ...(rest.length > 0 ? this.repaint(rest, confirmed) : { confirmed, pending: this.painted() }) };
  }

  /**
   * Take the server's voxels, with one's own edits on top.
   *
   * @param logged all edits from this log's head to that of the voxels.
   */
  reset(voxels: Uint8Array, head: number, logged: readonly Step[]): TakenIn<Step> {
    this.canvas.apply(editBetween(this.canvas.voxels, voxels));
    for (const step of logged) this.advance(step);
    this.head = head;
    for (const number of [...this.early.keys()]) if (number <= head) this.early.delete(number);
    return { steps: logged, ...this.repaint(logged, []) };
  }

  /** Take own edits back that the log will never have; the others are painted upon what is left. */
  drop(edit_ids: ReadonlySet<string>): Rebased {
    this.unpaint();
    this.own = this.own.filter(({ made }) => !edit_ids.has(made.edit_id));
    edit_ids.forEach((edit_id) => this.known.delete(edit_id));
    return this.repaint([], []);
  }

  private takeReady(): Step[] {
    const ready: Step[] = [];
    for (let next = this.early.get(this.head + 1); next; next = this.early.get(this.head + ready.length + 1)) ready.push(next);
    return ready;
  }

  /** The first of the steps, as far as they are own edits just as they are painted: nothing is to be drawn. */
  private confirmNext(steps: readonly Step[]): NamedEdit[] {
    const confirmed: NamedEdit[] = [];
    for (const step of steps) {
      const first = this.own[0];
      if (!first || step.edit_id !== first.made.edit_id || !isSame(step.edit, first.painted)) break;
      this.advance(step);
      this.own = this.own.slice(1);
      confirmed.push({ ...first.made, edit: step.edit });
    }
    return confirmed;
  }

  /** The steps on the canvas, and own edits off it. */
  private pullUnder(steps: readonly Step[]): void {
    try {
      this.unpaint();
      for (const step of steps) {
        this.canvas.apply(step.edit);
        this.advance(step);
      }
    } catch (error) {
      if (!(error instanceof EditError)) throw error;
      throw new LogDiverged(`Edit ${this.head + 1} of the log does not fit: ${error.message}.`);
    }
  }

  private unpaint(): void {
    for (const { painted } of [...this.own].reverse()) this.canvas.apply(invertEdit(painted));
  }

  private advance({ number, edit_id, edit }: Step): void {
    this.head = number;
    this.early.delete(number);
    this.known.set(edit_id, edit);
  }

  /** Paint own edits, which are off the canvas, but for those that have arrived. */
  private repaint(steps: readonly Step[], confirmedBefore: readonly NamedEdit[]): Rebased {
    const arrived = new Map(steps.map(({ edit_id, edit }) => [edit_id, edit]));
    const confirmed = [...confirmedBefore];
    const rest: OwnEdit<Own>[] = [];
    for (const { made } of this.own) {
      const edit = arrived.get(made.edit_id);
      if (edit) confirmed.push({ ...made, edit });
      else rest.push(this.paint(made));
    }
    this.own = rest;
    return { confirmed, pending: this.painted() };
  }

  private paint(made: Own): OwnEdit<Own> {
    const undone = made.undoes === null ? undefined : this.known.get(made.undoes);
    const { voxels } = this.canvas;
    const painted = undone ? revertEdit(undone, voxels) : rebaseEdit(made.edit, voxels);
    this.canvas.apply(painted);
    this.known.set(made.edit_id, painted);
    return { made, painted };
  }

  private painted(): NamedEdit[] {
    return this.own.map(({ made, painted }) => ({ ...made, edit: painted }));
  }
}

function isSame(one: Edit, other: Edit): boolean {
  const fields = ['start', 'length', 'old', 'new'] as const;
  return (
    one.start.length === other.start.length &&
    fields.every((field) => {
      const values = other[field];
      return one[field].every((value, i) => value === values[i]);
    })
  );
}
