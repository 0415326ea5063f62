import { expect, test } from 'vitest';

import { withVoxels } from './saveFile';

async function through(bytes: Uint8Array<ArrayBuffer>, change: CompressionStream | DecompressionStream) {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(change)).arrayBuffer());
}

/** A header of 352 bytes, and a byte for each of eight voxels. */
async function file(voxelBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(352 + 8 * voxelBytes).map((_, i) => (i < 352 ? i % 200 : 0));
  new DataView(bytes.buffer).setFloat32(108, 352, true);
  return through(bytes, new CompressionStream('gzip'));
}

test('only the voxels are others', async () => {
  const before = await file(1);
  const voxels = Uint8Array.of(1, 2, 3, 4, 0x80, 0x81, 7, 8);
  const saved = new Uint8Array(await (await withVoxels(before, voxels)).arrayBuffer());
  const [now, then] = await Promise.all([saved, before].map((each) => through(each, new DecompressionStream('gzip'))));
  expect(now?.slice(0, 352)).toEqual(then?.slice(0, 352));
  expect(now?.slice(352)).toEqual(voxels);
});

test('a file of wider voxels is not written over', async () => {
  await expect(withVoxels(await file(2), new Uint8Array(8))).rejects.toThrow('another form');
});
