/**
 * The way of an edit: painted, written to the device, sent, confirmed. Nothing leaves the journal before the server
 * has it, unless its person gives it up. What the server has and this page lacks is pulled under one's own edits; the
 * page never reloads.
 */
import { asProblem } from '~/api/problem';
import { type Edit, EditError, type History, type Labelmap, type NamedEdit, NO_EDIT, type Rebased, Store, withRebased } from '~/viewer';

import { type LogEdit, newEditId } from '../drawing';
import type { DeviceStore } from './deviceStore';
import { historyOf, without } from './editHistory';
import type { EditServer } from './editServer';
import { hindranceOf, isConflict, type JournalState } from './journalState';
import { Keeper } from './keeper';
import type { LoggedEdit } from './loggedEdit';
import { decodeSteps, type Entry, entryOf, followsOn, lastBatch, nextBatch, sent } from './outbox';
import { text } from './text';

/** The picture that the journal keeps in step with the log. */
export interface JournalCanvas {
  readonly voxelCount: number;
  /** Resolves while no stroke is drawn. */
  idle(): Promise<void>;
  /**
   * Pull the log's edits under one's own.
   *
   * @param whole the labelmap after them, where going from edit to edit would not lead there.
   */
  rebase(
    pending: readonly NamedEdit[],
    incoming: readonly LogEdit[],
    whole: Labelmap | null,
    known: (edit_id: string) => Edit | undefined,
  ): Rebased;
}

const AFTER_LAST_MS = 2_000;
const AFTER_FIRST_MS = 10_000;
const LONGEST_PAUSE_MS = 30_000;
/** More conflicts in a row than two busy tabs make. */
const MOST_CONFLICTS = 8;

interface JournalParts {
  readonly server: EditServer;
  /** Null where this browser has none. */
  readonly device: DeviceStore | null;
  readonly canvas: JournalCanvas;
  readonly head: number;
  /** The head is the device's: the server, as soon as it answers, may have more. */
  readonly fromDevice?: boolean;
  /** Edits that are in the log, by id, for undos of them. */
  readonly known: Map<string, Edit>;
  /** What can be undone has changed otherwise than by a stroke. */
  readonly onHistory: (change: (history: History) => History) => void;
  /** Tell other tabs the new head. */
  readonly onConfirmed?: (head: number) => void;
}

export class Journal {
  readonly state: Store<JournalState>;
  private readonly keeper: Keeper;
  private entries: Entry[] = [];
  private running: Promise<void> | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private first_ms = 0;
  private last_ms = 0;
  private failures = 0;
  private conflicts = 0;
  private isBehind = false;
  /** A restore without an answer yet: asked again, it is the same one. */
  private restoring: { readonly number: number; readonly edit_id: string } | null = null;

  constructor(private readonly parts: JournalParts) {
    this.keeper = new Keeper(parts.device, () => {
      this.tell({ onDevice: this.keeper.hasAll, writing: this.keeper.writing });
      this.schedule();
    });
    this.state = new Store<JournalState>({
      pending: 0,
      sending: false,
      saved_at_ms: null,
      hindrance: null,
      onDevice: parts.device !== null,
      head: parts.head,
    });
    if (!parts.fromDevice) return;
    this.isBehind = true;
    this.failures = 1;
    this.tell({ fromDevice: true, hindrance: { kind: 'unreachable' } });
    this.schedule();
  }

  /** An edit that is painted already. */
  add(edit: LoggedEdit): void {
    this.last_ms = Date.now();
    if (this.entries.length === 0) this.first_ms = this.last_ms;
    this.entries.push(entryOf(edit, this.keeper.put(edit)));
    this.parts.known.set(edit.edit_id, edit.edit);
    this.tell({ pending: this.entries.length, writing: this.keeper.writing });
    this.schedule();
  }

  /** Edits of before that the server may lack: the device has them. */
  replay(edits: readonly LoggedEdit[]): void {
    for (const edit of edits) {
      this.keeper.adopt(edit);
      this.entries.push(entryOf(edit, Promise.resolve()));
      this.parts.known.set(edit.edit_id, edit.edit);
    }
    this.tell({ pending: this.entries.length });
    void this.flush();
  }

  /** Another tab, or another program of the same person, has moved the head. */
  notice(head: number): void {
    if (head <= this.state.get().head) return;
    this.isBehind = true;
    void this.flush();
  }

  /** The hindrance is gone, perhaps: try at once. */
  resume(): Promise<void> {
    this.failures = 0;
    this.conflicts = 0;
    return this.flush();
  }

  /** Send everything; resolves when it is done, or hindered. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.running ??= this.run().finally(() => {
      this.running = null;
      this.tell({ sending: false });
      this.schedule();
    });
    return this.running;
  }

  /**
   * Make an older revision the head, 0 the empty beginning; what is painted meanwhile lies above it.
   *
   * @throws ApiProblem when it is refused, Error while what was painted before cannot be saved.
   */
  async restore(number: number): Promise<void> {
    const asked = this.restoring?.number === number ? this.restoring : { number, edit_id: newEditId() };
    this.restoring = asked;
    for (let conflicts = 0; ; conflicts += 1) {
      await this.resume();
      const { hindrance, head } = this.state.get();
      if (hindrance) throw new Error(text.notSaved);
      try {
        this.notice(await this.parts.server.restore(number, asked.edit_id, head));
        break;
      } catch (error) {
        if (!isConflict(error) || conflicts >= MOST_CONFLICTS) throw error;
        this.isBehind = true;
      }
    }
    this.restoring = null;
    await this.flush();
  }

  /** The edits that cannot be saved: the one that is refused and what undoes it, or all where the server names none. */
  refused(): readonly LoggedEdit[] {
    const { hindrance } = this.state.get();
    if (hindrance?.kind !== 'refused') return [];
    const edits = this.entries.map(({ edit }) => edit);
    if (!edits.some(({ edit_id }) => edit_id === hindrance.edit_id)) return edits;
    const ids = new Set([hindrance.edit_id]);
    return edits.filter(({ edit_id, undoes }) => {
      if (undoes !== null && ids.has(undoes)) ids.add(edit_id);
      return ids.has(edit_id);
    });
  }

  /** Take edits back that cannot be saved, here and on the device; the others are painted upon what is left, and sent. */
  async drop(edit_ids: readonly string[]): Promise<void> {
    await this.running;
    await this.parts.canvas.idle();
    // As if the log had them, and they changed nothing.
    this.rebaseOnto(edit_ids.map((edit_id) => ({ edit_id, edit: NO_EDIT })), null);
    edit_ids.forEach((edit_id) => this.parts.known.delete(edit_id));
    this.parts.onHistory((history) => without(history, new Set(edit_ids)));
    this.tell({ pending: this.entries.length, hindrance: null });
    await this.keeper.remove(edit_ids);
    await this.resume();
  }

  /** The page goes away: send what fits, without waiting. The device keeps it until it is confirmed. */
  leave(): void {
    const edits = lastBatch(this.entries);
    if (edits.length > 0) this.parts.server.appendOnLeaving(edits, this.state.get().head);
  }

  private schedule(): void {
    clearTimeout(this.timer);
    const { hindrance, onDevice } = this.state.get();
    if (this.running || (this.entries.length === 0 && !this.isBehind)) return;
    if (hindrance && hindrance.kind !== 'unreachable') return;
    const now = Date.now();
    // What the device does not keep the server must have at once.
    const due = hindrance
      ? now + Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** Math.min(10, this.failures - 1))
      : onDevice
        ? Math.min(this.last_ms + AFTER_LAST_MS, this.first_ms + AFTER_FIRST_MS)
        : now;
    this.timer = setTimeout(() => void this.flush(), Math.max(0, due - now));
  }

  private async run(): Promise<void> {
    while (this.entries.length > 0 || this.isBehind) {
      this.tell({ sending: true });
      try {
        if (this.isBehind) await this.catchUp(false);
        else await this.send();
        this.failures = 0;
        this.tell({ hindrance: null, fromDevice: false });
      } catch (error) {
        if (!(await this.recover(error).catch((another: unknown) => this.hinder(another)))) return;
      }
    }
  }

  private async send(): Promise<void> {
    const batch = await nextBatch(this.entries);
    const { head } = this.state.get();
    const answer = await this.parts.server.append(batch.map(sent), head);
    if (!followsOn(answer, batch, head)) return this.catchUp(false);
    this.conflicts = 0;
    this.entries = this.entries.slice(batch.length);
    this.first_ms = Date.now();
    await this.confirm(batch.map(({ edit }) => edit), answer.head);
  }

  private async confirm(confirmed: readonly NamedEdit[], head: number): Promise<void> {
    this.tell({ pending: this.entries.length, saved_at_ms: Date.now(), head });
    this.parts.onConfirmed?.(head);
    await this.keeper.remove(confirmed.map(({ edit_id }) => edit_id));
  }

  /**
   * Take in what the log has and this page lacks.
   *
   * @param diverged the page's picture of the head is not the server's: load it whole.
   */
  private async catchUp(diverged: boolean): Promise<void> {
    const { server, canvas, known, onHistory } = this.parts;
    const log = await server.after(this.state.get().head);
    const incoming = await decodeSteps(log, canvas.voxelCount);
    const hasWhole = incoming.length < log.edits.length;
    const whole = diverged || hasWhole ? await server.labelmap(log.head) : null;
    await canvas.idle();
    for (const { edit_id, edit } of incoming) known.set(edit_id, edit);
    let rebased: Rebased;
    try {
      rebased = this.rebaseOnto(incoming, whole);
    } catch (error) {
      if (whole || !(error instanceof EditError)) throw error;
      return this.catchUp(true);
    }
    this.isBehind = false;
    // Nothing is undone over an upload or a restore: these have their own way back.
    if (hasWhole) onHistory(() => historyOf(rebased.pending));
    await this.confirm(rebased.confirmed, log.head);
  }

  /** @throws EditError when the log's edits do not fit. */
  private rebaseOnto(incoming: readonly LogEdit[], whole: Labelmap | null): Rebased {
    const { canvas, known, onHistory } = this.parts;
    const own = new Map(this.entries.map((entry) => [entry.edit.edit_id, entry]));
    const rebased = canvas.rebase(this.entries.map(({ edit }) => edit), incoming, whole, (id) => known.get(id));
    this.entries = rebased.pending.flatMap((edit) => {
      const entry = own.get(edit.edit_id);
      if (!entry) return [];
      known.set(edit.edit_id, edit.edit);
      return [entryOf({ ...entry.edit, edit: edit.edit }, entry.stored)];
    });
    onHistory((history) => withRebased(history, rebased));
    return rebased;
  }

  /** @returns whether to go on at once. */
  private async recover(error: unknown): Promise<boolean> {
    if (!isConflict(error) || this.conflicts >= MOST_CONFLICTS) return this.hinder(error);
    this.conflicts += 1;
    await this.catchUp(asProblem(error).code === 'edit_diverged');
    return true;
  }

  private hinder(error: unknown): false {
    const hindrance = hindranceOf(error);
    if (hindrance.kind === 'unreachable') this.failures += 1;
    this.tell({ hindrance });
    return false;
  }

  private tell(change: Partial<JournalState>): void {
    this.state.update((state) =>
      Object.entries(change).every(([key, value]) => Object.is(state[key as keyof JournalState], value))
        ? state
        : { ...state, ...change },
    );
  }
}
