/** For tests: pages of a room as the real one ties them together, without a screen. */
import { expect } from 'vitest';

import { applyEdit, type Edit, editBetween, EditRecorder, type History, type Labelmap, type redo, type undo, withEdit, withRebased } from '~/viewer';

import { Drawing, newEditId } from '../drawing';
import type { DeviceStore } from '../studio/deviceStore';
import { historyOf, without } from '../studio/editHistory';
import type { LoggedEdit } from '../studio/loggedEdit';
import { FakeConnection, type FakeRoom, turn } from './fakeRoom';
import { RoomJournal } from './roomJournal';
import { decodeSteps, type RoomStep } from './roomStep';

const AFFINE = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] as unknown as Labelmap['affine'];
export const VOXELS = 64;

export function emptyLabelmap(voxels = new Uint8Array(VOXELS)): Labelmap {
  return { voxels, shape: [4, 4, 4], affine: AFFINE, spacing_mm: [1, 1, 1], orientation: 'RAS' };
}

class MemoryDevice implements DeviceStore {
  readonly edits = new Map<string, LoggedEdit>();

  put(edit: LoggedEdit): Promise<void> {
    this.edits.set(edit.edit_id, edit);
    return Promise.resolve();
  }

  remove(ids: readonly string[]): Promise<void> {
    ids.forEach((id) => this.edits.delete(id));
    return Promise.resolve();
  }

  all(): Promise<LoggedEdit[]> {
    return Promise.resolve([...this.edits.values()].sort((a, b) => (a.edit_id < b.edit_id ? -1 : 1)));
  }
}

interface Opened {
  readonly head: number;
  readonly voxels: Uint8Array;
  readonly known: Map<string, Edit>;
  readonly history: History;
  readonly unconfirmed: readonly LoggedEdit[];
}

const NOTHING: Opened = { head: 0, voxels: new Uint8Array(VOXELS), known: new Map(), history: historyOf([]), unconfirmed: [] };

/** One page: what it shows, its way to the server, and what its person has done. */
export class Page {
  readonly drawing: Drawing;
  readonly journal: RoomJournal;
  /** As the page was told the log. */
  readonly steps: RoomStep[] = [];
  history: History;

  constructor(
    readonly connection: FakeConnection,
    readonly device: MemoryDevice,
    opened: Opened = { ...NOTHING, known: new Map() },
  ) {
    this.drawing = new Drawing(emptyLabelmap(opened.voxels.slice()), () => undefined);
    this.history = opened.history;
    this.journal = new RoomJournal({
      server: connection,
      device,
      canvas: this.drawing,
      head: opened.head,
      known: opened.known,
      onRebased: (rebased) => (this.history = withRebased(this.history, rebased)),
      onDropped: (edit_ids) => (this.history = without(this.history, edit_ids)),
      onSteps: (steps) => this.steps.push(...steps),
    });
    connection.hear = (edits) => this.journal.hear(edits);
    if (opened.unconfirmed.length > 0) this.journal.replay(opened.unconfirmed);
  }

  get state() {
    return this.journal.state.get();
  }

  paint(voxels: readonly number[], label: number): string {
    const after = this.drawing.voxels.slice();
    voxels.forEach((i) => (after[i] = label));
    const edit = editBetween(this.drawing.voxels, after);
    this.drawing.apply(edit);
    return this.log(label, edit);
  }

  /** The pointer goes down, and up with `end`. */
  begin(label: number) {
    const { drawing } = this;
    const recorder = new EditRecorder(drawing.voxels);
    drawing.beginStroke(recorder);
    return {
      move: (voxels: readonly number[]) => voxels.forEach((i) => recorder.set(i, label)),
      end: (): string[] => {
        const edit = recorder.toEdit();
        drawing.count(edit);
        const made = edit.start.length > 0 ? [this.log(label, edit)] : [];
        drawing.endStroke(recorder);
        return made;
      },
      cancel: () => {
        recorder.revert();
        drawing.endStroke(recorder);
      },
    };
  }

  private log(label: number, edit: Edit): string {
    const named = { edit_id: newEditId(), tool: 'brush', label, edit, undoes: null };
    this.history = withEdit(this.history, named);
    this.journal.add({ ...named, started_at: '2026-01-01T00:00:00Z', active_ms: 5 });
    return named.edit_id;
  }

  step(which: typeof undo | typeof redo): string[] {
    const step = which(this.history, this.drawing.voxels, newEditId());
    if (!step) return [];
    this.drawing.apply(step.edit.edit);
    this.history = step.history;
    this.journal.add({ ...step.edit, started_at: '2026-01-01T00:00:00Z', active_ms: 5 });
    return [step.edit.edit_id];
  }
}

/** The person comes back after their browser was ended. */
export async function reopened(room: FakeRoom, page: Page): Promise<Page> {
  page.connection.hear = () => undefined;
  page.journal.dispose();
  const steps = await decodeSteps(room.log, VOXELS);
  const logged = new Set(steps.map(({ edit_id }) => edit_id));
  await page.device.remove([...logged]);
  const unconfirmed = await page.device.all();
  const own = steps.filter(({ author }) => author.id === page.connection.person);
  return new Page(page.connection, page.device, {
    head: steps.length,
    voxels: room.stateAt(steps.length),
    known: new Map(steps.map(({ edit_id, edit }) => [edit_id, edit])),
    history: historyOf([...own, ...unconfirmed]),
    unconfirmed,
  });
}

/** Everybody is online, and nothing is on its way any more. */
export async function settle(pages: readonly Page[]): Promise<void> {
  for (const { connection } of pages) [connection.isOnline, connection.harm] = [true, 0];
  for (let round = 0; round < 4; round += 1) {
    for (const page of pages) {
      await page.journal.resume();
      page.journal.check();
      await page.journal.flush();
    }
    for (let i = 0; i < 20; i += 1) await turn();
  }
}

/** The log replayed from nothing, the server and every page have the same voxels, and nothing is left to send. */
export function expectTheServers(room: FakeRoom, pages: readonly Page[]): void {
  const replayed = new Uint8Array(VOXELS);
  for (const edit of room.records) applyEdit(replayed, edit);
  expect(replayed).toEqual(room.voxels);
  for (const page of pages) {
    expect(page.state).toMatchObject({ pending: 0, head: room.head, hindrance: null });
    expect(page.drawing.voxels).toEqual(room.voxels);
    expect(page.device.edits.size).toBe(0);
  }
}

export function join(room: FakeRoom, count: number, random: (limit: number) => number = () => 0): Page[] {
  return Array.from({ length: count }, (_, i) => new Page(new FakeConnection(room, i + 1, random), new MemoryDevice()));
}

