// @vitest-environment node
import { describe, expect, it } from 'vitest';

import { buildNifti, gzip } from './core/testNifti';
import { NiftiError } from './core/nifti';
import { autoWindow } from './core/window';
import { decodeFile, takeAnswer } from './decoding';

const sform = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]];
const file = () =>
  gzip(buildNifti({ shape: [4, 3, 2], datatype: 4, bitsPerVoxel: 16, sform, write: (v, o, i, le) => v.setInt16(o, 3 * i, le) }));

describe('decoding beside the page', () => {
  it('finds the window that the page itself would', async () => {
    const decoded = await decodeFile({ file: await file(), kind: 'image' });
    const moved = structuredClone(decoded);
    const voxels = moved.volume.voxels;
    expect(autoWindow(takeAnswer(moved))).toEqual(autoWindow({ voxels: voxels.slice() }));
    expect(moved.looks?.focus).toEqual({ low: [0, 0, 0], high: [3, 2, 1] });
  });

  it('looks at no intensities of a labelmap', async () => {
    expect((await decodeFile({ file: await file(), kind: 'labelmap' })).looks).toBeNull();
  });

  it('says on the page what was wrong with the file', () => {
    expect(() => takeAnswer({ failure: { kind: 'file', message: 'it is cut off' } })).toThrow(NiftiError);
    expect(() => takeAnswer({ failure: { kind: 'memory', message: 'too much' } })).toThrow(RangeError);
  });
});
