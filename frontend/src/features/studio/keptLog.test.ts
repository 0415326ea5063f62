import 'fake-indexeddb/auto';

import { expect, test, vi } from 'vitest';

import { ApiProblem } from '~/api/problem';
import { redo, undo } from '~/viewer';

import { FakeServer } from './fakeServer';
import { hasLog, keeping, keepLog, keptLog } from './keptLog';
import { openFrom } from './opening';
import { emptyLabelmap, MemoryDevice, Tab } from './testTab';

/** A server whose labelmaps can be had as files too. */
class FileServer extends FakeServer {
  override async file(number = this.head): Promise<Uint8Array<ArrayBuffer>> {
    const packed = new Blob([nifti((await this.labelmap(number)).voxels)]).stream().pipeThrough(new CompressionStream('gzip'));
    return new Uint8Array(await new Response(packed).arrayBuffer());
  }
}

/** Labels on a grid of 4×4×4 voxels of 1 mm. */
function nifti(labels: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(352 + labels.length);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, 348, true);
  [3, 4, 4, 4, 1, 1, 1, 1].forEach((size, i) => view.setInt16(40 + 2 * i, size, true));
  view.setInt16(70, 2, true);
  view.setInt16(72, 8, true);
  view.setFloat32(108, 352, true);
  view.setInt16(254, 1, true);
  for (let row = 0; row < 3; row += 1) view.setFloat32(280 + 20 * row, 1, true);
  bytes.set(new TextEncoder().encode('n+1'), 344);
  bytes.set(labels, 352);
  return bytes;
}

async function opened(annotation: string) {
  const fake = new FileServer(emptyLabelmap());
  const server = keeping(fake, annotation);
  await keepLog(annotation, server);
  return { fake, server };
}

async function openKept(annotation: string, device = new MemoryDevice()) {
  const kept = await keptLog(annotation);
  if (!kept) throw new Error('Nothing is kept.');
  return { ...(await openFrom(kept, device)), device };
}

test('what the server confirmed is kept with what it does not have yet: both are opened without it', async () => {
  const { fake, server } = await opened('one');
  const tab = new Tab(fake, new MemoryDevice(), undefined, server);
  tab.paint([1, 2, 3], 1);
  tab.paint([3, 4], 2);
  await tab.journal.flush();
  tab.step(undo);
  await tab.journal.flush();
  fake.faults = ['offline'];
  tab.step(redo);
  tab.paint([9], 3);
  await tab.journal.flush();
  expect(tab.state.pending).toBe(2);

  const again = await openKept('one', tab.device);
  expect(again.head).toBe(3);
  expect(again.labelmap.voxels).toEqual(tab.drawing.voxels);
  expect(again.unconfirmed).toHaveLength(2);
  const offline = new Tab(fake, tab.device, { ...again, fromDevice: true }, server);
  expect(offline.state).toMatchObject({ pending: 2, fromDevice: true, hindrance: { kind: 'unreachable' } });
  await offline.journal.resume();
  expect(offline.state).toMatchObject({ pending: 0, fromDevice: false, hindrance: null, head: 5 });
  expect(fake.voxels).toEqual(offline.drawing.voxels);
  expect(new Set(fake.log.map(({ edit_id }) => edit_id)).size).toBe(5);
});

test('opened from the device it finds what was painted elsewhere, even where nothing waits to be sent', async () => {
  const { fake, server } = await opened('two');
  const elsewhere = new Tab(fake);
  elsewhere.paint([5, 6], 1);
  await elsewhere.journal.flush();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const offline = new Tab(fake, new MemoryDevice(), { ...(await kept('two')), fromDevice: true }, server);
  expect(offline.state.head).toBe(0);
  await vi.advanceTimersByTimeAsync(2_000);
  vi.useRealTimers();
  await offline.journal.flush();
  expect(offline.state).toMatchObject({ head: 1, fromDevice: false, hindrance: null });
  expect(offline.drawing.voxels).toEqual(fake.voxels);
  expect(await hasLog('two', 1)).toBe(true);
});

async function kept(annotation: string) {
  const source = await keptLog(annotation);
  if (!source) throw new Error('Nothing is kept.');
  return openFrom(source, null);
}

test('steps that came between are fetched; a step that is no edit needs the labelmap after it', async () => {
  const { fake, server } = await opened('three');
  const elsewhere = new Tab(fake);
  elsewhere.paint([5, 6], 1);
  await elsewhere.journal.flush();
  const tab = new Tab(fake, new MemoryDevice(), undefined, server);
  tab.paint([1], 2);
  await tab.journal.flush();
  expect((await kept('three')).labelmap.voxels).toEqual(fake.voxels);
  expect((await kept('three')).head).toBe(2);

  await server.restore(1, 'a-restore', 2);
  await server.after(2);
  expect(await keptLog('three')).toBeNull();
  expect(await hasLog('three', 3)).toBe(false);
  await server.labelmap(3);
  expect((await kept('three')).labelmap.voxels).toEqual(fake.voxels);
});

test('a refusal is no lost network: the journal says so, and the device answers for nothing', async () => {
  const { fake, server } = await opened('four');
  fake.faults = [new ApiProblem(401, 'not_authenticated', 'Sign in.')];
  const tab = new Tab(fake, new MemoryDevice(), undefined, server);
  tab.paint([1], 2);
  await tab.journal.flush();
  expect(tab.state.hindrance).toEqual({ kind: 'signed-out' });
  expect((await kept('four')).head).toBe(0);
});
