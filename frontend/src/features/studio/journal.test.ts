import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { ApiProblem } from '~/api/problem';
import { editBetween, EMPTY_HISTORY, redo, undo } from '~/viewer';

import { FakeServer } from './fakeServer';
import { saveLine } from './saveLine';
import { emptyLabelmap, Tab } from './testTab';

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
  expect(tab.state.hindrance).toEqual({ kind: 'refused', message: 'The organizer has to reopen it.', edit_id: null });
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

test('whoever dropped all that was refused goes on from what the server has', async () => {
  const tab = new Tab(server);
  tab.paint([1], 1);
  await tab.journal.flush();
  server.faults = [new ApiProblem(413, 'too_large', 'Upload the labelmap.')];
  tab.paint([2], 1);
  tab.paint([2, 3], 2);
  await tab.journal.flush();
  expect(tab.journal.refused().map(({ edit_id }) => edit_id)).toEqual(tab.made.slice(1));
  await tab.journal.drop(tab.made.slice(1));
  expect(tab.state).toMatchObject({ pending: 0, hindrance: null });
  expect(tab.drawing.voxels).toEqual(server.voxels);
  expect(tab.device.edits.size).toBe(0);
  tab.step(undo);
  await tab.journal.flush();
  expect(server.log.at(-1)?.undoes).toBe(tab.made[0]);
});

test('one refused edit costs no other', async () => {
  const tab = new Tab(server);
  tab.paint([1], 1);
  tab.paint([1, 2], 9);
  tab.paint([2, 3], 2);
  tab.step(undo);
  const [first, bad, third, undone] = tab.made;
  server.refuses = new Set([bad ?? '']);
  await tab.journal.flush();
  expect(tab.state.hindrance).toMatchObject({ kind: 'refused', edit_id: bad });
  expect(tab.journal.refused().map(({ edit_id }) => edit_id)).toEqual([bad]);
  await tab.journal.drop([bad ?? '']);
  expect(server.log.map(({ edit_id }) => edit_id)).toEqual([first, third, undone]);
  expect([...server.voxels.slice(0, 4)]).toEqual([0, 1, 0, 0]);
  expect(tab.drawing.voxels).toEqual(server.voxels);
});

test('what takes a refused edit back goes with it', async () => {
  const tab = new Tab(server);
  tab.paint([1], 9);
  tab.step(undo);
  tab.step(redo);
  server.refuses = new Set(tab.made.slice(0, 1));
  await tab.journal.flush();
  expect(tab.journal.refused().length).toBe(3);
  await tab.journal.drop(tab.made);
  expect(tab.state).toMatchObject({ pending: 0, hindrance: null });
  expect(tab.history).toEqual(EMPTY_HISTORY);
});

test('while an edit is on neither device nor server, no line says that it is kept', async () => {
  const tab = new Tab(server);
  server.faults = ['offline', 'offline'];
  tab.device.isFull = true;
  tab.paint([1], 1);
  await tab.journal.flush();
  tab.device.isFull = false;
  tab.paint([2], 1);
  await tab.journal.flush();
  expect(saveLine(tab.state, Date.now())).toEqual({ tone: 'bad', words: 'Offline, 2 edits not saved: leave this page open' });
  await tab.journal.resume();
  expect(tab.state).toMatchObject({ pending: 0, onDevice: true });
  expect(saveLine(tab.state, Date.now()).words).toBe('Saved just now');
});

test('a device that never answers keeps nothing from the server', async () => {
  const tab = new Tab(server);
  tab.device.put = () => new Promise(() => undefined);
  tab.paint([1], 1);
  await vi.advanceTimersByTimeAsync(6_000);
  await vi.waitFor(() => expect(server.head).toBe(1));
  await tab.journal.flush();
  expect(tab.state).toMatchObject({ pending: 0, onDevice: false });
});

test('restoring saves first, and ends with what the revision had', async () => {
  const tab = new Tab(server);
  tab.paint([1], 1);
  await tab.journal.flush();
  tab.paint([2], 2);
  await tab.journal.restore(1);
  expect(server.log.map(({ kind }) => kind)).toEqual(['edit', 'edit', 'restore']);
  expect(tab.drawing.voxels).toEqual(server.states[1]);
  expect(tab.history).toEqual(EMPTY_HISTORY);
  await tab.journal.restore(0);
  expect(tab.drawing.voxels).toEqual(new Uint8Array(64));
  expect(tab.state).toMatchObject({ pending: 0, head: 4 });
});

test('a restore whose answer was lost is the same one when it is asked again', async () => {
  const tab = new Tab(server);
  tab.paint([1], 1);
  await tab.journal.flush();
  server.faults = ['lost-answer'];
  await expect(tab.journal.restore(0)).rejects.toThrow('fetch');
  await tab.journal.restore(0);
  expect(server.head).toBe(2);
  expect(tab.drawing.voxels).toEqual(server.voxels);
});

test('without a network nothing is restored, and nothing is lost', async () => {
  const tab = new Tab(server);
  server.faults = ['offline'];
  tab.paint([1], 1);
  await expect(tab.journal.restore(0)).rejects.toThrow('Not everything has reached the server');
  expect(tab.drawing.voxels[1]).toBe(1);
  expect(tab.state.pending).toBe(1);
});
