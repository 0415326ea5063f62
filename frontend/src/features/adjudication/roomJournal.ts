/**
 * The way of edits in a room: an own one is painted, sent at once while this device writes it, and leaves the device when
 * the server's log has it; what others painted comes from the room, and whatever did not come is fetched. Nothing of
 * one's own is lost or doubled: an edit sent twice keeps its number.
 */
import type { RoomEdit } from '~/live';
import { type Edit, EditError, type NamedEdit, type Rebased, Store } from '~/viewer';

import { newEditId } from '../drawing';
import type { DeviceStore } from '../studio/deviceStore';
import { hindranceOf, type JournalState } from '../studio/journalState';
import { Keeper } from '../studio/keeper';
import type { LoggedEdit } from '../studio/loggedEdit';
import { encodedBatch, type Entry, entryOf, lastBatch, sent } from '../studio/outbox';
import { LogDiverged, type RoomCanvas, RoomLog, type TakenIn } from './roomLog';
import { decodeSteps, type RoomStep } from './roomStep';
import type { AdjudicationServer } from './server';

/** The picture that the journal keeps in step with the log, as a `Drawing` is. */
export interface JournalCanvas extends RoomCanvas {
  readonly voxelCount: number;
  /** Change what lies under a stroke that is being drawn. */
  beneath<T>(change: () => T): T;
}

export type RoomServer = Pick<AdjudicationServer, 'append' | 'appendOnLeaving' | 'take' | 'after' | 'labelmap'>;

interface RoomJournalParts {
  readonly server: RoomServer;
  /** Null where this browser has none. */
  readonly device: DeviceStore | null;
  readonly canvas: JournalCanvas;
  /** The last edit that the canvas holds. */
  readonly head: number;
  /** Edits of the log by id, for undos of them. */
  readonly known: Map<string, Edit>;
  /** Own edits as they are now that others came under them, or the log has them. */
  readonly onRebased: (rebased: Rebased) => void;
  /** Own edits that were taken back, as they cannot be saved. */
  readonly onDropped: (edit_ids: ReadonlySet<string>) => void;
  /** The log's next edits, own and others', in its order: the canvas holds them. */
  readonly onSteps: (steps: readonly RoomStep[]) => void;
}

const LONGEST_PAUSE_MS = 30_000;
/** Frames of two edits may come the wrong way round; one that has not come by then is lost. */
const GAP_PATIENCE_MS = 150;

export class RoomJournal {
  readonly state: Store<JournalState>;
  private readonly log: RoomLog<LoggedEdit, RoomStep>;
  private readonly keeper: Keeper;
  /** Own edits as they are sent, by id. */
  private readonly entries = new Map<string, Entry>();
  /** Edits are taken in one lot after the other. */
  private intake: Promise<void> = Promise.resolve();
  private running: Promise<void> | null = null;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private isBehind = false;
  private isApart = false;

  constructor(private readonly parts: RoomJournalParts) {
    this.log = new RoomLog(parts.canvas, parts.head, parts.known);
    this.keeper = new Keeper(parts.device, () =>
      this.tell({ onDevice: this.keeper.hasAll, writing: this.keeper.writing }),
    );
    this.state = new Store<JournalState>({
      pending: 0,
      sending: false,
      saved_at_ms: null,
      hindrance: null,
      onDevice: parts.device !== null,
      head: parts.head,
    });
  }

  /** An own edit that is painted already. */
  add(edit: LoggedEdit): void {
    this.log.add(edit);
    this.entries.set(edit.edit_id, entryOf(edit, this.keeper.put(edit)));
    this.tell({ pending: this.log.pendingCount, writing: this.keeper.writing });
    void this.flush();
  }

  /** Own edits of an earlier visit that the log lacks; the device has them. They are painted. */
  replay(edits: readonly LoggedEdit[]): void {
    for (const edit of edits) {
      this.keeper.adopt(edit);
      this.entries.set(edit.edit_id, entryOf(edit, Promise.resolve()));
      this.parts.onRebased(this.log.replay(edit));
    }
    this.tell({ pending: this.log.pendingCount });
    void this.flush();
  }

  /** Edits that the room shows, in whatever order. */
  hear(edits: readonly RoomEdit[]): void {
    void this.takeIn(edits).then(() => {
      if (this.isBehind || this.isApart) this.check();
      else if (this.log.hasGap) setTimeout(() => this.log.hasGap && this.check(), GAP_PATIENCE_MS);
    });
  }

  /** Edits may have been missed: fetch what the log has more. */
  check(): void {
    this.isBehind = true;
    const { hindrance } = this.state.get();
    if (!hindrance || hindrance.kind === 'unreachable') void this.flush();
  }

  /** The hindrance is gone, perhaps: try at once. */
  resume(): Promise<void> {
    this.failures = 0;
    return this.flush();
  }

  /** Fetch and send everything; resolves when it is done, or hindered. */
  flush(): Promise<void> {
    clearTimeout(this.retry);
    this.running ??= this.run();
    return this.running;
  }

  /**
   * Take a region over from a source. Others may have painted in it meanwhile: the server says what changes.
   *
   * @returns the edit for the history of undo.
   * @throws ApiProblem where it is refused, TypeError while the server is not reached.
   */
  async take(region: number, source: string): Promise<NamedEdit> {
    await this.resume();
    const edit_id = newEditId();
    const answer = await this.parts.server.take({ edit_id, region, source });
    await this.takeIn(answer.edits);
    if (this.log.hasGap) this.check();
    await this.flush();
    const edit = this.parts.known.get(edit_id);
    if (!edit) throw new TypeError('The region is taken over, but its voxels did not come yet.');
    const step = answer.edits.find((one) => one.edit_id === edit_id);
    return { edit_id, tool: step?.tool ?? '', label: step?.label ?? null, edit, undoes: null };
  }

  /** The edits that cannot be saved: the one that is refused and what undoes it, or all where the server names none. */
  refused(): readonly LoggedEdit[] {
    const { hindrance } = this.state.get();
    return hindrance?.kind === 'refused' ? refusedOf(this.log.pending, hindrance.edit_id) : [];
  }

  /** Take edits back that cannot be saved, here and on the device; the others are painted upon what is left, and sent. */
  async drop(edit_ids: readonly string[]): Promise<void> {
    await this.running;
    const dropped = new Set(edit_ids);
    this.parts.onRebased(this.parts.canvas.beneath(() => this.log.drop(dropped)));
    edit_ids.forEach((edit_id) => this.entries.delete(edit_id));
    this.parts.onDropped(dropped);
    this.tell({ pending: this.log.pendingCount, hindrance: null });
    await this.keeper.remove(edit_ids);
    await this.resume();
  }

  /** The page goes away: send what fits, without waiting. The device keeps it until it is confirmed. */
  leave(): void {
    const edits = lastBatch(this.pending());
    if (edits.length > 0) this.parts.server.appendOnLeaving(edits);
  }

  dispose(): void {
    clearTimeout(this.retry);
  }

  private pending(): Entry[] {
    return this.log.pending.map((edit) => {
      const before = this.entries.get(edit.edit_id);
      if (before?.edit.edit === edit.edit) return before;
      const entry = entryOf(edit, before?.stored ?? Promise.resolve());
      this.entries.set(edit.edit_id, entry);
      return entry;
    });
  }

  private async run(): Promise<void> {
    await Promise.resolve();
    while (this.isApart || this.isBehind || this.log.pendingCount > 0) {
      this.tell({ sending: this.log.pendingCount > 0 });
      try {
        if (this.isApart) await this.reload();
        else if (this.isBehind) await this.catchUp();
        else await this.send();
      } catch (error) {
        this.failures += 1;
        // Before own undos are sent after a while, they leave what others painted in it.
        this.isBehind = true;
        this.tell({ hindrance: hindranceOf(error) });
        break;
      }
      this.failures = 0;
      this.tell({ hindrance: null });
    }
    // At once with the end of the loop: whoever adds an edit now starts it again.
    this.running = null;
    this.tell({ sending: false });
    this.scheduleRetry();
  }

  private async send(): Promise<void> {
    // Others wait for it: the device writes meanwhile.
    const batch = await encodedBatch(this.pending());
    const { edits } = await this.parts.server.append(batch.map(sent));
    await this.takeIn(edits);
    if (this.log.hasGap) this.isBehind = true;
    const isWaiting = this.log.pending.some(({ edit_id }) => edit_id === batch[0]?.edit.edit_id);
    if (isWaiting && !this.isApart && !this.isBehind) throw new TypeError('The answer lacks the edits that were sent.');
  }

  private async catchUp(): Promise<void> {
    this.isBehind = false;
    await this.takeIn((await this.parts.server.after(this.log.head)).edits);
  }

  /** The canvas and the log have come apart: begin from the server's voxels. */
  private async reload(): Promise<void> {
    const { server, canvas } = this.parts;
    const log = await server.after(this.log.head);
    const whole = await server.labelmap(log.head);
    const steps = await decodeSteps(log.edits, canvas.voxelCount);
    this.isApart = false;
    this.settle(canvas.beneath(() => this.log.reset(whole.voxels, log.head, steps)));
  }

  private takeIn(edits: readonly RoomEdit[]): Promise<void> {
    const taken = this.intake.then(() => this.digest(edits));
    this.intake = taken.catch(() => undefined);
    return taken;
  }

  private async digest(edits: readonly RoomEdit[]): Promise<void> {
    const unseen = edits.filter(({ number }) => !this.log.has(number));
    // What is too large for the room is fetched.
    if (unseen.some(({ runs }) => runs === null)) this.isBehind = true;
    try {
      const steps = await decodeSteps(unseen, this.parts.canvas.voxelCount);
      if (steps.length > 0 && !this.isApart) this.settle(this.parts.canvas.beneath(() => this.log.receive(steps)));
    } catch (error) {
      if (!(error instanceof LogDiverged || error instanceof EditError)) throw error;
      this.isApart = true;
    }
  }

  private settle({ steps, confirmed, pending }: TakenIn<RoomStep>): void {
    this.parts.onRebased({ confirmed, pending });
    if (steps.length > 0) this.parts.onSteps(steps);
    this.tell({ pending: this.log.pendingCount, head: this.log.head });
    if (confirmed.length === 0) return;
    this.tell({ saved_at_ms: Date.now() });
    void this.forget(confirmed.map(({ edit_id }) => edit_id));
  }

  private async forget(edit_ids: readonly string[]): Promise<void> {
    for (const id of edit_ids) await this.entries.get(id)?.stored;
    edit_ids.forEach((id) => this.entries.delete(id));
    await this.keeper.remove(edit_ids);
  }

  private scheduleRetry(): void {
    clearTimeout(this.retry);
    if (this.state.get().hindrance?.kind !== 'unreachable') return;
    const pause_ms = Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** Math.min(10, this.failures - 1));
    this.retry = setTimeout(() => void this.flush(), pause_ms);
  }

  private tell(change: Partial<JournalState>): void {
    this.state.update((state) =>
      Object.entries(change).every(([key, value]) => Object.is(state[key as keyof JournalState], value))
        ? state
        : { ...state, ...change },
    );
  }
}

function refusedOf(pending: readonly LoggedEdit[], refused: string | null): readonly LoggedEdit[] {
  if (!pending.some(({ edit_id }) => edit_id === refused)) return pending;
  const ids = new Set([refused]);
  return pending.filter(({ edit_id, undoes }) => {
    if (undoes !== null && ids.has(undoes)) ids.add(edit_id);
    return ids.has(edit_id);
  });
}
