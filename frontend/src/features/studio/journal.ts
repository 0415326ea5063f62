/**
 * The way of an edit: painted, written to the device, sent, confirmed. Nothing leaves the journal before the server
 * has it. What the server has and this page lacks is pulled under one's own edits; the page never reloads.
 */
import { asProblem } from '~/api/problem';
import { decodeEdit, type Edit, EditError, encodeEdit, type Labelmap, type NamedEdit, type Rebased, Store } from '~/viewer';

import { bytesToBase64, base64ToBytes } from './base64';
import type { DeviceStore } from './deviceStore';
import type { Appended, EditLog, EditServer, SentEdit } from './editServer';
import type { LoggedEdit } from './loggedEdit';

export type LogEdit = Pick<NamedEdit, 'edit_id' | 'edit'>;

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

/** Why edits do not reach the server just now. */
export type Hindrance =
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'signed-out' }
  | { readonly kind: 'refused'; readonly message: string };

export interface JournalState {
  /** Edits that the server has not confirmed. */
  readonly pending: number;
  readonly sending: boolean;
  readonly saved_at_ms: number | null;
  readonly hindrance: Hindrance | null;
  /** False where this browser keeps nothing: then only the server does. */
  readonly onDevice: boolean;
  readonly head: number;
}

interface Entry {
  readonly edit: LoggedEdit;
  /** Settles when the device has it, or has refused it. */
  readonly stored: Promise<void>;
  readonly encoded: Promise<string>;
  /** Once encoded. */
  runs: string | null;
}

const AFTER_LAST_MS = 2_000;
const AFTER_FIRST_MS = 10_000;
const LONGEST_PAUSE_MS = 30_000;
const MOST_EDITS = 200;
const MOST_RUNS_LENGTH = 6 << 20;
/** Browsers refuse more than 64 KiB to a request that outlives its page. */
const MOST_ON_LEAVING = 60_000;
/** More conflicts in a row than two busy tabs make. */
const MOST_CONFLICTS = 8;

interface JournalParts {
  readonly server: EditServer;
  /** Null where this browser has none. */
  readonly device: DeviceStore | null;
  readonly canvas: JournalCanvas;
  readonly head: number;
  /** Edits that are in the log, by id, for undos of them. */
  readonly known: Map<string, Edit>;
  /** Edits as they are after others came under them. */
  readonly onRebased: (rebased: Rebased) => void;
  /** Tell other tabs the new head. */
  readonly onConfirmed?: (head: number) => void;
}

export class Journal {
  readonly state: Store<JournalState>;
  private entries: Entry[] = [];
  private running: Promise<void> | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private first_ms = 0;
  private last_ms = 0;
  private failures = 0;
  private conflicts = 0;
  private isBehind = false;

  constructor(private readonly parts: JournalParts) {
    this.state = new Store<JournalState>({
      pending: 0,
      sending: false,
      saved_at_ms: null,
      hindrance: null,
      onDevice: parts.device !== null,
      head: parts.head,
    });
  }

  /** An edit that is painted already. */
  add(edit: LoggedEdit): void {
    this.last_ms = Date.now();
    if (this.entries.length === 0) this.first_ms = this.last_ms;
    this.entries.push(this.entryOf(edit, this.store(edit)));
    this.parts.known.set(edit.edit_id, edit.edit);
    this.tell({ pending: this.entries.length });
    this.schedule();
  }

  /** Edits of before that the server may lack: the device has them. */
  replay(edits: readonly LoggedEdit[]): void {
    for (const edit of edits) {
      this.entries.push(this.entryOf(edit, Promise.resolve()));
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

  /** The page goes away: send what fits, without waiting. The device keeps it until it is confirmed. */
  leave(): void {
    let length = 0;
    const edits: SentEdit[] = [];
    for (const { edit, runs } of this.entries.slice(0, MOST_EDITS)) {
      // 300 bytes are more than the rest of an edit takes.
      if (runs === null || (length += runs.length + 300) > MOST_ON_LEAVING) break;
      edits.push(sent(edit, runs));
    }
    if (edits.length > 0) this.parts.server.appendOnLeaving(edits, this.state.get().head);
  }

  dispose(): void {
    clearTimeout(this.timer);
  }

  private entryOf(edit: LoggedEdit, stored: Promise<void>): Entry {
    const encoded = encodeEdit(edit.edit).then(bytesToBase64);
    const entry: Entry = { edit, stored, encoded, runs: null };
    void encoded.then((runs) => (entry.runs = runs));
    return entry;
  }

  private async store(edit: LoggedEdit): Promise<void> {
    try {
      if (!this.parts.device) throw new Error('This browser keeps nothing.');
      await this.parts.device.put(edit);
      this.tell({ onDevice: true });
    } catch {
      // The device is full or refuses: then the server must have it at once.
      this.tell({ onDevice: false });
      this.schedule();
    }
  }

  private schedule(): void {
    clearTimeout(this.timer);
    const { hindrance, onDevice } = this.state.get();
    if (this.running || (this.entries.length === 0 && !this.isBehind)) return;
    if (hindrance && hindrance.kind !== 'unreachable') return;
    const now = Date.now();
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
        this.tell({ hindrance: null });
      } catch (error) {
        if (!(await this.recover(error).catch((another: unknown) => this.hinder(another)))) return;
      }
    }
  }

  private async send(): Promise<void> {
    const batch = await this.nextBatch();
    const { head } = this.state.get();
    const answer = await this.parts.server.append(batch.map(({ edit, runs }) => sent(edit, runs ?? '')), head);
    if (!followsOn(answer, batch, head)) return this.catchUp(false);
    this.conflicts = 0;
    this.entries = this.entries.slice(batch.length);
    this.first_ms = Date.now();
    await this.confirm(batch, answer.head);
  }

  /** The device first, then the network. */
  private async nextBatch(): Promise<Entry[]> {
    const batch: Entry[] = [];
    let length = 0;
    for (const entry of this.entries.slice(0, MOST_EDITS)) {
      await entry.stored;
      length += (await entry.encoded).length;
      if (batch.length > 0 && length > MOST_RUNS_LENGTH) break;
      batch.push(entry);
    }
    return batch;
  }

  private async confirm(confirmed: readonly Entry[], head: number): Promise<void> {
    this.tell({ pending: this.entries.length, saved_at_ms: Date.now(), head });
    this.parts.onConfirmed?.(head);
    // What stays on the device though the server has it is recognised by its id the next time.
    await this.parts.device?.remove(confirmed.map(({ edit }) => edit.edit_id)).catch(() => undefined);
  }

  /**
   * Take in what the log has and this page lacks.
   *
   * @param diverged the page's picture of the head is not the server's: load it whole.
   */
  private async catchUp(diverged: boolean): Promise<void> {
    const { server, canvas, known } = this.parts;
    const log = await server.after(this.state.get().head);
    const incoming = await decodeSteps(log, canvas.voxelCount);
    const isWhole = diverged || incoming.length < log.edits.length;
    const whole = isWhole ? await server.labelmap(log.head) : null;
    await canvas.idle();
    for (const { edit_id, edit } of incoming) known.set(edit_id, edit);
    const before = this.entries;
    let rebased: Rebased;
    try {
      rebased = canvas.rebase(before.map(({ edit }) => edit), incoming, whole, (id) => known.get(id));
    } catch (error) {
      if (isWhole || !(error instanceof EditError)) throw error;
      return this.catchUp(true);
    }
    const own = new Map(before.map((entry) => [entry.edit.edit_id, entry]));
    this.entries = rebased.pending.flatMap((edit) => {
      const entry = own.get(edit.edit_id);
      if (!entry) return [];
      known.set(edit.edit_id, edit.edit);
      return [this.entryOf({ ...entry.edit, edit: edit.edit }, entry.stored)];
    });
    this.isBehind = false;
    this.parts.onRebased(rebased);
    await this.confirm(rebased.confirmed.flatMap(({ edit_id }) => own.get(edit_id) ?? []), log.head);
  }

  /** @returns whether to go on at once. */
  private async recover(error: unknown): Promise<boolean> {
    const { status, code } = asProblem(error);
    const isConflict = status === 412 || code === 'edit_diverged';
    if (!isConflict || this.conflicts >= MOST_CONFLICTS) return this.hinder(error);
    this.conflicts += 1;
    await this.catchUp(code === 'edit_diverged');
    return true;
  }

  private hinder(error: unknown): false {
    const { status, code, message } = asProblem(error);
    if (status === 401 || code === 'not_authenticated') {
      this.tell({ hindrance: { kind: 'signed-out' } });
    } else if (code === 'unreachable' || status >= 500 || status === 408 || status === 429) {
      this.failures += 1;
      this.tell({ hindrance: { kind: 'unreachable' } });
    } else {
      this.tell({ hindrance: { kind: 'refused', message } });
    }
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

function sent({ edit_id, tool, label, undoes, started_at, active_ms }: LoggedEdit, runs: string): SentEdit {
  return { edit_id, tool, label, runs, undoes, started_at, active_ms };
}

/** Whether the batch came to lie directly on the head that was seen. */
function followsOn({ head, revisions }: Appended, batch: readonly Entry[], seen: number): boolean {
  return head === seen + batch.length && revisions.every(({ number }, i) => number === seen + 1 + i);
}

/** Without uploads and restores, which are no edits. */
async function decodeSteps({ edits }: EditLog, voxels: number): Promise<LogEdit[]> {
  const decoded = await Promise.all(
    edits.map(async ({ edit_id, runs }) => (runs == null ? null : { edit_id, edit: await decodeEdit(base64ToBytes(runs), voxels) })),
  );
  return decoded.filter((step) => step !== null);
}
