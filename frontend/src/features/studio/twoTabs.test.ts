/**
 * A property: whatever two pages of one person do, with a network that loses answers and pages that are closed in
 * between, they end with what the server has, and so does whoever replays the log.
 */
import { expect, test } from 'vitest';

import { redo, undo } from '~/viewer';

import { FakeServer } from './fakeServer';
import { openFrom } from './opening';
import { Review } from './review';
import { emptyLabelmap, Tab } from './testTab';

const SEEDS = Array.from({ length: 40 }, (_, i) => i + 1);
const ACTIONS = 70;
const VOXELS = 64;
/** With the bit of those who are unsure, which is part of a voxel like any other. */
const LABELS = [0, 1, 2, 4, 0x80, 0x81, 0x84];

test.each(SEEDS)('server, both pages and a replay from zero are voxel-identical (seed %i)', async (seed) => {
  const random = generator(seed);
  const server = new FakeServer(emptyLabelmap());
  const tabs: [Tab, Tab] = [new Tab(server), new Tab(server)];
  const made: string[] = [];
  let [restores, uploads] = [0, 0];

  for (let i = 0; i < ACTIONS; i += 1) {
    const which = random(2) as 0 | 1;
    const tab = tabs[which];
    const what = random(24);
    if (what < 9) tab.paint(voxelsOf(random), LABELS[random(LABELS.length)] ?? 0);
    else if (what < 13) tab.step(undo);
    else if (what < 15) tab.step(redo);
    else if (what < 17) server.faults.push(random(2) === 0 ? 'lost-answer' : 'offline');
    else if (what < 19) tab.journal.notice(server.head);
    else if (what === 19) {
      const before = server.head;
      // Without an answer the person asks again, or not.
      await tab.journal.restore(random(server.head + 1)).catch(() => undefined);
      restores += Number(server.log.slice(before).some(({ kind }) => kind === 'restore'));
    } else if (what === 20) {
      server.upload(Uint8Array.from({ length: VOXELS }, () => LABELS[random(LABELS.length)] ?? 0));
      uploads += 1;
    } else if (what === 21) {
      // The page is closed with what is pending, and opened again.
      tab.journal.leave();
      made.push(...tab.made);
      tabs[which] = new Tab(server, tab.device, await openFrom(server, tab.device));
    } else await tab.journal.resume();
  }

  server.faults = [];
  for (const tab of [...tabs, ...tabs]) {
    await tab.journal.resume();
    tab.journal.notice(server.head);
    await tab.journal.flush();
  }
  for (const tab of tabs) {
    expect(tab.state).toMatchObject({ pending: 0, hindrance: null, head: server.head });
    expect(tab.drawing.voxels).toEqual(server.voxels);
    expect(await tab.device.all()).toEqual([]);
  }
  made.push(...tabs.flatMap((tab) => tab.made));
  const edits = server.log.filter(({ kind }) => kind === 'edit');
  expect(edits.map(({ edit_id }) => edit_id).sort()).toEqual(made.sort());
  expect(server.head).toBe(edits.length + restores + uploads);
  await expectReplayed(server);
});

/** From the end to the beginning and back, every revision is what the server says it was. */
async function expectReplayed(server: FakeServer): Promise<void> {
  const review = new Review(server, server.log, await server.labelmap(server.head), () => undefined);
  for (let number = server.head; number >= 0; number -= 1) {
    await review.go(number);
    expect(review.drawing.voxels).toEqual(server.states[number]);
  }
  for (let number = 1; number <= server.head; number += 1) {
    await review.go(number);
    expect(review.drawing.voxels).toEqual(server.states[number]);
  }
  expect(review.state.get()).toMatchObject({ at: server.head, problem: null });
}

function voxelsOf(random: (limit: number) => number): number[] {
  const start = random(VOXELS);
  return Array.from({ length: 1 + random(9) }, (_, i) => (start + i * (1 + random(3))) % VOXELS);
}

/** Whole numbers below a limit, the same for a seed. */
function generator(seed: number): (limit: number) => number {
  let state = seed * 2654435761;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}
