import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { FakeServer } from './fakeServer';
import { Review } from './review';
import { emptyLabelmap, Tab } from './testTab';

/** As many edits as there are voxels, and a restore after them. */
async function recorded(): Promise<FakeServer> {
  const server = new FakeServer(emptyLabelmap());
  const tab = new Tab(server);
  for (let voxel = 0; voxel < 64; voxel += 1) tab.paint([voxel], 1 + (voxel % 4));
  await tab.journal.restore(10);
  return server;
}

async function open(server: FakeServer): Promise<Review> {
  return new Review(server, server.log, await server.labelmap(server.head), () => undefined);
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
afterEach(() => void vi.useRealTimers());

test('what is shown is the revision that was asked for last', async () => {
  const server = await recorded();
  const review = await open(server);
  const leaps = vi.spyOn(server, 'labelmap');
  await Promise.all([review.go(3), review.go(40), review.go(64)]);
  expect(review.state.get().at).toBe(64);
  expect(review.drawing.voxels).toEqual(server.states[64]);
  leaps.mockClear();
  await review.go(2);
  expect(leaps).toHaveBeenCalledTimes(1); // further than is replayed step by step
  expect(review.drawing.voxels).toEqual(server.states[2]);
  await review.go(1000);
  expect(review.state.get().at).toBe(65);
  expect(review.drawing.voxels).toEqual(server.states[65]);
});

test('playing goes from the beginning to the end and stops there', async () => {
  const server = await recorded();
  const review = await open(server);
  await review.play(25);
  expect(review.state.get()).toMatchObject({ at: 0, isPlaying: true });
  for (const next of [25, 50, 65]) {
    vi.advanceTimersByTime(250);
    while (review.state.get().at !== next) await new Promise((go) => setTimeout(go, 1));
  }
  expect(review.state.get().isPlaying).toBe(true);
  vi.advanceTimersByTime(250);
  expect(review.state.get().isPlaying).toBe(false);
  expect(review.drawing.voxels).toEqual(server.states[65]);
});

test('what cannot be loaded is told, and what is shown stays', async () => {
  const server = await recorded();
  const review = await open(server);
  server.labelmap = () => Promise.reject(new Error('The server cannot be reached.'));
  await review.go(64);
  expect(review.state.get()).toMatchObject({ at: 65, problem: 'The server cannot be reached.' });
  expect(review.drawing.voxels).toEqual(server.states[65]);
});
