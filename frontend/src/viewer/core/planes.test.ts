// @vitest-environment node
import { describe, expect, it } from 'vitest';

import { type Affine, orientationCode, type Vec3 } from './affine';
import { planeGeometry, PLANES, planeToVoxel, voxelToPlane_mm } from './planes';
import { extractLabelSlice } from './slices';
import { makeVolume } from './volume';

/** 2×3×4 grid whose voxel (i, j, k) holds 1 + i + 2j + 6k, so that each value names its voxel. */
const SHAPE: Vec3 = [2, 3, 4];
const NUMBERED = Uint8Array.from({ length: 24 }, (_, i) => i + 1);

const RAS: Affine = [
  [1, 0, 0, 0],
  [0, 1, 0, 0],
  [0, 0, 1, 0],
];
const LPS: Affine = [
  [-1, 0, 0, 0],
  [0, -1, 0, 239],
  [0, 0, 1, 0],
];
/** i towards posterior (3 mm), j towards superior (1 mm), k towards right (2 mm). */
const PSR: Affine = [
  [0, 0, 2, -4],
  [-3, 0, 0, 9],
  [0, 1, 0, 5],
];

const numbered = (affine: Affine) => makeVolume(NUMBERED, SHAPE, affine);

function slice(affine: Affine, plane: 'axial' | 'coronal' | 'sagittal', index: number): number[] {
  const volume = numbered(affine);
  return Array.from(extractLabelSlice(volume, planeGeometry(volume, plane), index));
}

describe('orientation code', () => {
  it.each([
    ['RAS', RAS],
    ['LPS', LPS],
    ['PSR', PSR],
  ])('names %s', (code, affine) => expect(orientationCode(affine)).toBe(code));

  it('assigns each world axis once on an oblique grid', () => {
    const [c, s] = [Math.cos(0.7), Math.sin(0.7)];
    expect(orientationCode([[c, -s, 0, 0], [s, c, 0, 0], [0, 0, 1, 0]])).toBe('RAS');
    expect(orientationCode([[-s, -c, 0, 0], [c, -s, 0, 0], [0, 0, 1, 0]])).toBe('ALS');
  });
});

describe('slices as a radiologist sees them', () => {
  it('turns a RAS axial slice so that right is left and anterior is up', () => {
    // Top row: most anterior (j = 2); leftmost: most right (i = 1).
    expect(slice(RAS, 'axial', 0)).toEqual([6, 5, 4, 3, 2, 1]);
  });

  it('leaves an LPS axial slice as stored', () => {
    expect(slice(LPS, 'axial', 1)).toEqual([7, 8, 9, 10, 11, 12]);
  });

  it('puts superior on top in a RAS coronal slice', () => {
    // j = 1; rows k = 3 … 0; columns i = 1, 0.
    expect(slice(RAS, 'coronal', 1)).toEqual([22, 21, 16, 15, 10, 9, 4, 3]);
  });

  it('puts anterior on the left in a RAS sagittal slice', () => {
    // i = 0; rows k = 3 … 0; columns j = 2, 1, 0.
    expect(slice(RAS, 'sagittal', 0)).toEqual([23, 21, 19, 17, 15, 13, 11, 9, 7, 5, 3, 1]);
  });

  it('follows permuted axes in an axial slice', () => {
    // PSR: axial is j. Columns from right to left: k = 3 … 0; rows from anterior to posterior: i = 0, 1.
    expect(slice(PSR, 'axial', 0)).toEqual([19, 13, 7, 1, 20, 14, 8, 2]);
  });

  it('follows permuted axes in a sagittal slice', () => {
    // PSR: sagittal is k. Columns from anterior: i = 0, 1; rows from superior: j = 2, 1, 0.
    expect(slice(PSR, 'sagittal', 1)).toEqual([11, 12, 9, 10, 7, 8]);
  });

  it('shows the same anatomy whatever the storage order', () => {
    const axial = (affine: Affine, voxels: Uint8Array, shape: Vec3, index: number) => {
      const volume = makeVolume(voxels, shape, affine);
      return Array.from(extractLabelSlice(volume, planeGeometry(volume, 'axial'), index));
    };
    // The RAS grid stored again as LPS: x and y reversed.
    const reversed = NUMBERED.map((_, at) => {
      const [i, j, k] = [at % 2, Math.floor(at / 2) % 3, Math.floor(at / 6)];
      return NUMBERED[1 - i + 2 * (2 - j) + 6 * k] ?? 0;
    });
    expect(axial(LPS, reversed, SHAPE, 2)).toEqual(axial(RAS, NUMBERED, SHAPE, 2));
  });
});

describe('pane geometry', () => {
  it.each([['RAS', RAS], ['LPS', LPS], ['PSR', PSR]])('letters hold for %s', (_, affine) => {
    const edges = PLANES.map((plane) => Object.values(planeGeometry(numbered(affine), plane).edges).join(''));
    expect(edges).toEqual(['RLAP', 'RLSI', 'APSI']);
  });

  it('carries the spacing of the axes it shows', () => {
    const { column, row, slice: through } = planeGeometry(numbered(PSR), 'axial');
    expect([column.spacing_mm, row.spacing_mm, through.spacing_mm]).toEqual([2, 3, 1]);
    expect([column.length, row.length, through.length]).toEqual([4, 2, 3]);
  });

  it('places the focus as the screen runs', () => {
    // PSR axial: columns are k from 3 down to 0 (2 mm), rows are i (3 mm).
    const geometry = planeGeometry(numbered(PSR), 'axial', { low: [1, 0, 2], high: [1, 2, 3] });
    expect(geometry.focus_mm).toEqual({ left: 0, top: 3, width: 4, height: 3 });
  });

  it.each([['RAS', RAS], ['LPS', LPS], ['PSR', PSR]])('maps voxels to the screen and back for %s', (_, affine) => {
    const volume = numbered(affine);
    for (const plane of PLANES) {
      const geometry = planeGeometry(volume, plane);
      for (let at = 0; at < 24; at += 1) {
        const voxel: Vec3 = [at % 2, Math.floor(at / 2) % 3, Math.floor(at / 6)];
        expect(planeToVoxel(geometry, voxelToPlane_mm(geometry, voxel), voxel[geometry.slice.axis])).toEqual(voxel);
      }
    }
  });

  it('finds the voxel whose value the slice shows', () => {
    const volume = numbered(PSR);
    const geometry = planeGeometry(volume, 'coronal');
    const shown = extractLabelSlice(volume, geometry, 1);
    // Second column, first row, at mm (3, 0.5): spacing is 2 × 1.
    const [i, j, k] = planeToVoxel(geometry, [3, 0.5], 1);
    expect(1 + i + 2 * j + 6 * k).toBe(shown[1]);
  });
});
