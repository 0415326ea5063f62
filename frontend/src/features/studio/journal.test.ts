import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { ApiProblem } from '~/api/problem';
import { type Edit, editBetween, EMPTY_HISTORY, type History, type Labelmap, redo, undo, withEdit, withRebased } from '~/viewer';

import type { DeviceStore } from './deviceStore';
import { Drawing } from './drawing';
import { FakeServer } from './fakeServer';
import { Journal } from './journal';
import { type LoggedEdit, newEditId } from './loggedEdit';
import { saveLine } from './saveLine';

const AFFINE = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] as unknown as Labelmap['affine'];

function emptyLabelmap(): Labelmap {
  return { voxels: new Uint8Array(64), shape: [4, 4, 4], affine: AFFINE, spacing_mm: [1, 1, 1], orientation: 'RAS' };
}

class MemoryDevice implements DeviceStore {
  readonly edits = new Map<string, LoggedEdit>();
  isFull = false;

  put(edit: LoggedEdit): Promise<void> {
    if (this.isFull) return Promise.reject(new DOMException('full', 'QuotaExceededError'));
    this.edits.set(edit.edit_id, edit);
    return Promise.resolve();
  }

  remove(ids: readonly string[]): Promise<void> {
    ids.forEach((id) => this.edits.delete(id));
    return Promise.resolve();
  }

  all(): Promise<LoggedEdit[]> {
    return Promise.resolve([...this.edits.values()]);
  }
}

/** One tab: drawing, journal and history, as the studio ties them together. */
class Tab {
  readonly drawing = new Drawing(emptyLabelmap(), () => undefined);
  readonly device = new MemoryDevice();
  readonly journal: Journal;
  history: History = EMPTY_HISTORY;
  /** Ids of all edits, undos and redos. */
  readonly made: string[] = [];

  constructor(server: FakeServer, device: DeviceStore | null | undefined = undefined) {
    this.journal = new Journal({
      server,
      device: device === undefined ? this.device : device,
      canvas: this.drawing,
      head: 0,
      known: new Map<string, Edit>(),
      onRebased: (rebased) => (this.history = withRebased(this.history, rebased)),
    });
  }

  get state() {
    return this.journal.state.get();
  }

  paint(voxels: readonly number[], label: number): void {
    const after = this.drawing.voxels.slice();
    voxels.forEach((i) => (after[i] = label));
    const edit = editBetween(this.drawing.voxels, after);
    const named = { edit_id: newEditId(), tool: 'brush', label, edit, undoes: null };
    this.made.push(named.edit_id);
    this.drawing.apply(edit);
    this.history = withEdit(this.history, named);
    this.journal.add({ ...named, started_at: '2026-01-01T00:00:00Z', active_ms: 5 });
  }

  step(which: typeof undo): void {
    const step = which(this.history, this.drawing.voxels, newEditId());
    if (!step) return;
    this.made.push(step.edit.edit_id);
    this.drawing.apply(step.edit.edit);
    this.history = step.history;
    this.journal.add({ ...step.edit, started_at: '2026-01-01T00:00:00Z', active_ms: 5 });
  }
}

let server: FakeServer;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  server = new FakeServer(emptyLabelmap());
});
afterEach(() => vi.useRealTimers());

test('edits are on the device before they are sent, and leave it when they are confirmed', async () => {
  const tab = new Tab(server);
  tab.paint([1, 2], 1);
  expect(tab.device.edits.size).toBe(1);
  expect(server.posts).toEqual([]);
  await vi.advanceTimersByTimeAsync(1_999);
  expect(server.posts).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  await vi.waitFor(() => expect(tab.state.pending).toBe(0));
  await tab.journal.flush();
  expect(server.voxels).toEqual(tab.drawing.voxels);
  expect(tab.device.edits.size).toBe(0);
});

test('whoever paints on without a pause is saved after ten seconds', async () => {
  const tab = new Tab(server);
  for (let second = 0; second < 10; second += 1) {
    tab.paint([second], 1);
    expect(server.posts).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_000);
  }
  await vi.waitFor(() => expect(server.head).toBe(10));
});

test('without a network edits wait, and are sent again with growing pauses', async () => {
  const tab = new Tab(server);
  server.faults = ['offline', 'offline', 'offline'];
  tab.paint([1], 1);
  tab.paint([2], 2);
  await tab.journal.flush();
  expect(saveLine(tab.state, Date.now()).words).toBe('Offline, 2 edits kept on this device');
  await vi.advanceTimersByTimeAsync(1_000);
  await vi.waitFor(() => expect(server.posts.length).toBe(2));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(server.posts.length).toBe(2);
  await tab.journal.resume();
  await tab.journal.resume();
  expect(saveLine(tab.state, Date.now()).words).toBe('Saved just now');
  expect(server.head).toBe(2);
});

test('an answer that is lost doubles nothing', async () => {
  const tab = new Tab(server);
  server.faults = ['lost-answer'];
  tab.paint([1], 1);
  await tab.journal.flush();
  tab.paint([2], 1);
  await tab.journal.resume();
  expect(server.log.map(({ number }) => number)).toEqual([1, 2]);
  expect(server.voxels).toEqual(tab.drawing.voxels);
});

test('what came behind an edit whose answer was lost is taken in', async () => {
  const [tab, other] = [new Tab(server), new Tab(server)];
  server.faults = ['lost-answer'];
  tab.paint([1], 1);
  await tab.journal.flush();
  other.paint([40], 2);
  await other.journal.flush();
  await tab.journal.resume();
  expect(tab.drawing.voxels[40]).toBe(2);
  expect(tab.drawing.voxels).toEqual(server.voxels);
});

test('after the end of the session the journal waits for the sign-in', async () => {
  const tab = new Tab(server);
  server.faults = [new ApiProblem(403, 'not_authenticated', 'Sign in.')];
  tab.paint([1], 1);
  await tab.journal.flush();
  expect(tab.state.hindrance).toEqual({ kind: 'signed-out' });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.posts.length).toBe(1);
  await tab.journal.resume();
  expect(tab.state).toMatchObject({ pending: 0, hindrance: null });
});

test('a refusal is told, and the edits stay', async () => {
  const tab = new Tab(server);
  server.faults = [new ApiProblem(409, 'already_submitted', 'The organizer has to reopen it.')];
  tab.paint([1], 1);
  await tab.journal.flush();
  expect(tab.state.hindrance).toEqual({ kind: 'refused', message: 'The organizer has to reopen it.' });
  expect(tab.device.edits.size).toBe(1);
});

test('a full device is told, and edits are sent at once', async () => {
  const tab = new Tab(server);
  tab.device.isFull = true;
  tab.paint([1], 1);
  await vi.advanceTimersByTimeAsync(0);
  await vi.waitFor(() => expect(server.head).toBe(1));
  await tab.journal.flush();
  expect(saveLine(tab.state, Date.now())).toMatchObject({ tone: 'warn' });
});

test('leaving sends what waits without an answer; the next time finds it', async () => {
  const tab = new Tab(server);
  tab.paint([1], 1);
  await vi.waitFor(() => {
    tab.journal.leave();
    expect(server.posts.length).toBeGreaterThan(0);
  });
  await vi.waitFor(() => expect(server.head).toBe(1));
  await tab.journal.flush();
  expect(tab.state.pending).toBe(0);
  expect(server.head).toBe(1);
});

test('over an upload of another program one own edits are painted again', async () => {
  const tab = new Tab(server);
  tab.paint([1, 2], 1);
  server.upload(new Uint8Array(64).fill(3));
  await tab.journal.flush();
  expect([...server.voxels.slice(0, 4)]).toEqual([3, 1, 1, 3]);
  expect(server.voxels).toEqual(tab.drawing.voxels);
});

test('a picture that has come apart from the log is loaded whole', async () => {
  const tab = new Tab(server);
  // As if an edit of before had been applied here and not there.
  tab.drawing.apply(editBetween(tab.drawing.voxels, tab.drawing.voxels.map((_, i) => (i < 3 ? 2 : 0))));
  tab.paint([1], 1);
  await tab.journal.flush();
  expect([...server.voxels.slice(0, 3)]).toEqual([0, 1, 0]);
  expect(tab.drawing.voxels).toEqual(server.voxels);
});

test.each([1, 2, 3, 4])('two tabs at random end as the server does, nothing lost or doubled (seed %i)', async (seed) => {
  const random = generator(seed);
  const tabs = [new Tab(server), new Tab(server)];
  for (let i = 0; i < 60; i += 1) {
    const tab = tabs[random(2)];
    if (!tab) continue;
    const what = random(8);
    if (what < 4) tab.paint([random(64), random(64), random(64)], random(4));
    else if (what < 6) tab.step(undo);
    else if (what < 7) tab.step(redo);
    else if (random(3) === 0) server.faults.push('lost-answer');
    if (random(3) === 0) await tab.journal.resume();
  }
  server.faults = [];
  // Each learns of the other's last edits.
  for (const tab of [...tabs, ...tabs]) {
    await tab.journal.resume();
    tab.journal.notice(server.head);
    await tab.journal.flush();
  }
  expect(tabs.map(({ state }) => state.pending)).toEqual([0, 0]);
  for (const tab of tabs) expect(tab.drawing.voxels).toEqual(server.voxels);
  const made = tabs.flatMap((tab) => tab.made);
  expect(server.log.map(({ edit_id }) => edit_id).sort()).toEqual(made.sort());
});

/** Whole numbers below a limit, the same for a seed. */
function generator(seed: number): (limit: number) => number {
  let state = seed * 2654435761;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}
