/** Several pages in one room: whatever happens on the way, they end as the server does. */
import { expect, test, vi } from 'vitest';

import { redo, undo, withEdit } from '~/viewer';

import { FakeRoom, turn } from './fakeRoom';
import { emptyLabelmap, expectTheServers, join, type Page, reopened, settle, VOXELS } from './testPages';

test('a stroke reaches the others, and stays on the device until the log has it', async () => {
  const room = new FakeRoom(emptyLabelmap());
  const [one, two] = join(room, 2) as [Page, Page];
  one.paint([1, 2], 1);
  expect(one.device.edits.size).toBe(1);
  await vi.waitFor(() => expect(two.drawing.voxels[2]).toBe(1));
  await settle([one, two]);
  expectTheServers(room, [one, two]);
});

test('of two strokes over each other the later in the log is seen by both', async () => {
  const room = new FakeRoom(emptyLabelmap());
  const [one, two] = join(room, 2) as [Page, Page];
  one.paint([1, 2, 3], 1);
  two.paint([2, 3, 4], 2);
  await settle([one, two]);
  expectTheServers(room, [one, two]);
  expect([...one.drawing.voxels.slice(0, 6)]).toEqual([0, 1, 2, 2, 2, 0]);
});

test('what others paint while a stroke is drawn comes under it at once', async () => {
  const room = new FakeRoom(emptyLabelmap());
  const [one, two] = join(room, 2) as [Page, Page];
  const stroke = one.begin(1);
  stroke.move([4, 5]);
  two.paint([5, 6, 7], 2);
  await vi.waitFor(() => expect(one.drawing.voxels[6]).toBe(2));
  expect([...one.drawing.voxels.slice(4, 8)]).toEqual([1, 1, 2, 2]);
  stroke.move([6]);
  two.paint([4], 3);
  await settle([two]);
  expect([...one.drawing.voxels.slice(4, 8)]).toEqual([1, 1, 1, 2]);
  // The other sees nothing of it yet, and the log has it in the order in which it came.
  expect([...two.drawing.voxels.slice(4, 8)]).toEqual([3, 2, 2, 2]);
  stroke.end();
  await settle([one, two]);
  expectTheServers(room, [one, two]);
  expect([...room.voxels.slice(4, 8)]).toEqual([1, 1, 1, 2]);
  one.step(undo);
  await settle([one, two]);
  expect([...room.voxels.slice(4, 8)]).toEqual([3, 2, 2, 2]);
});

test('a stroke that is cancelled leaves what others painted under it', async () => {
  const room = new FakeRoom(emptyLabelmap());
  const [one, two] = join(room, 2) as [Page, Page];
  const stroke = one.begin(1);
  stroke.move([5, 6]);
  two.paint([6], 2);
  await settle([two]);
  stroke.cancel();
  await settle([one, two]);
  expectTheServers(room, [one, two]);
  expect([...one.drawing.voxels.slice(5, 7)]).toEqual([0, 2]);
});

test('an undo leaves what others painted over it since', async () => {
  const room = new FakeRoom(emptyLabelmap());
  const [one, two] = join(room, 2) as [Page, Page];
  one.paint([1, 2, 3], 1);
  await settle([one, two]);
  two.paint([2], 2);
  await settle([one, two]);
  one.step(undo);
  await settle([one, two]);
  expectTheServers(room, [one, two]);
  expect([...room.voxels.slice(0, 5)]).toEqual([0, 0, 2, 0, 0]);
});

test('an undo that was made without a network leaves what others painted over it meanwhile', async () => {
  const room = new FakeRoom(emptyLabelmap());
  const [one, two] = join(room, 2) as [Page, Page];
  one.paint([1, 2, 3], 1);
  await settle([one, two]);
  one.connection.isOnline = false;
  one.step(undo);
  two.paint([2], 2);
  await settle([two]);
  await settle([one, two]);
  expectTheServers(room, [one, two]);
  expect([...room.voxels.slice(0, 5)]).toEqual([0, 0, 2, 0, 0]);
});

test('a stroke is painted whole although another painted the same under it, and over it', async () => {
  const room = new FakeRoom(emptyLabelmap());
  const [one, two] = join(room, 2) as [Page, Page];
  one.connection.isOnline = false;
  one.paint([1, 2], 1);
  two.paint([1], 1);
  two.paint([1], 2);
  await settle([two]);
  await settle([one, two]);
  expectTheServers(room, [one, two]);
  expect(room.voxels[1]).toBe(1);
});

test('who was away catches up, and what they did meanwhile is not lost', async () => {
  const room = new FakeRoom(emptyLabelmap());
  const [one, two] = join(room, 2) as [Page, Page];
  one.connection.isOnline = false;
  one.paint([1], 1);
  for (let i = 10; i < 20; i += 1) two.paint([i], 2);
  await settle([two]);
  expect(one.state.hindrance).toEqual({ kind: 'unreachable' });
  const back = await reopened(room, one);
  await settle([back, two]);
  expectTheServers(room, [back, two]);
  expect(room.voxels[1]).toBe(1);
});

test('an edit that is missing between others is fetched without being asked for', async () => {
  const room = new FakeRoom(emptyLabelmap());
  const [one, two] = join(room, 2) as [Page, Page];
  two.connection.isOnline = false;
  one.paint([1], 1);
  await settle([one]);
  two.connection.isOnline = true;
  one.paint([2], 1);
  await vi.waitFor(() => expect(two.drawing.voxels[1]).toBe(1));
  expect(two.steps.map(({ number }) => number)).toEqual([1, 2]);
});

test('a region that is taken comes in its place, and can be undone', async () => {
  const room = new FakeRoom(emptyLabelmap());
  const [one, two] = join(room, 2) as [Page, Page];
  two.paint([0, 40], 2);
  await settle([one, two]);
  const taken = await one.journal.take(1, 'A');
  one.history = withEdit(one.history, taken);
  await settle([one, two]);
  expect([two.drawing.voxels[0], two.drawing.voxels[1], two.drawing.voxels[40]]).toEqual([3, 3, 2]);
  one.step(undo);
  await settle([one, two]);
  expectTheServers(room, [one, two]);
  expect([...room.voxels.slice(0, 2)]).toEqual([2, 0]);
});

test('a picture that has come apart from the log is taken from the server, with own edits on top', async () => {
  const room = new FakeRoom(emptyLabelmap());
  const [one, two] = join(room, 2) as [Page, Page];
  one.drawing.voxels.fill(3, 0, 5);
  one.connection.isOnline = false;
  one.paint([2], 1);
  two.paint([0, 1], 2);
  await settle([one, two]);
  expectTheServers(room, [one, two]);
  expect([...room.voxels.slice(0, 4)]).toEqual([2, 2, 1, 0]);
});

test('after it is signed edits are refused, kept, and can be taken back', async () => {
  const room = new FakeRoom(emptyLabelmap());
  const [one] = join(room, 1) as [Page];
  room.isClosed = true;
  const edit_id = one.paint([1], 1);
  await vi.waitFor(() => expect(one.state.hindrance).toMatchObject({ kind: 'refused', message: 'It is signed.' }));
  expect(one.journal.refused().map((edit) => edit.edit_id)).toEqual([edit_id]);
  expect(one.device.edits.size).toBe(1);
  await one.journal.drop([edit_id]);
  expectTheServers(room, [one]);
  expect(one.history.done).toEqual([]);
});

test.each(Array.from({ length: 12 }, (_, i) => i + 1))(
  'pages that paint over each other on a bad network end as the log replayed (seed %i)',
  async (seed) => {
    const random = generator(seed);
    const room = new FakeRoom(emptyLabelmap());
    const pages = join(room, 2 + (seed % 3), random);
    const made: string[] = [];
    for (const { connection } of pages) connection.harm = seed % 4;
    for (let i = 0; i < 90; i += 1) {
      const which = random(pages.length);
      const page = pages[which] as Page;
      const what = random(20);
      if (what < 9) made.push(page.paint(block(random), random(4)));
      else if (what < 13) made.push(...page.step(undo));
      else if (what < 15) made.push(...page.step(redo));
      else if (what < 16) page.connection.isOnline = !page.connection.isOnline;
      else if (what < 17) void page.journal.take(1, 'A').catch(() => undefined);
      else if (what < 18) made.push(...(await strokeMeanwhile(page, random)));
      else if (what < 19) pages[which] = await reopened(room, page);
      else void page.journal.resume();
      for (let turns = random(4); turns > 0; turns -= 1) await turn();
    }
    await settle(pages);
    await settle(pages);
    expectTheServers(room, pages);
    const drawn = room.log.filter(({ source }) => source === '').map(({ edit_id }) => edit_id);
    expect(drawn.sort()).toEqual(made.sort());
    for (const page of pages) {
      const numbers = page.steps.map(({ number }) => number);
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
      expect(new Set(numbers).size).toBe(numbers.length);
    }
  },
);

/** Somebody holds the pointer down while what others painted arrives. */
async function strokeMeanwhile(page: Page, random: (limit: number) => number): Promise<string[]> {
  const stroke = page.begin(random(4));
  for (let moves = random(4); moves > 0; moves -= 1) {
    stroke.move(block(random));
    for (let turns = random(4); turns > 0; turns -= 1) await turn();
  }
  if (random(5) > 0) return stroke.end();
  stroke.cancel();
  return [];
}

/** Some voxels one after the other, so that strokes overlap. */
function block(random: (limit: number) => number): number[] {
  const first = random(VOXELS / 2);
  return Array.from({ length: 1 + random(12) }, (_, i) => first + i);
}

/** Whole numbers below a limit, the same for a seed. */
function generator(seed: number): (limit: number) => number {
  let state = seed * 2654435761;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}
