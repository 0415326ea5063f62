// @vitest-environment node
import { describe, expect, it } from 'vitest';

import type { Affine, Vec3 } from './affine';
import { compareRegion, FALSE_NEGATIVE, FALSE_POSITIVE, TRUE_POSITIVE } from './errors';
import { densestVoxel, labelStatistics, labelsVolume_ml, type LabelScheme, makePalette, presentLabels } from './labels';
import { planeGeometry } from './planes';
import { outlineLabels, paintImageSlice, paintLabelSlice } from './slices';
import { FITTED, panBy, placeSlice, screenToPlane_mm, wheelSteps, zoomAround } from './viewport';
import { contentBox, gridDifference, makeVolume, toLabelmap, valueAt } from './volume';
import { autoWindow, dragWindow } from './window';

const AFFINE: Affine = [
  [-1, 0, 0, 0],
  [0, -2, 0, 0],
  [0, 0, 5, 0],
];
const SHAPE: Vec3 = [4, 2, 1];
const labelmap = (values: number[], affine = AFFINE) => makeVolume(Uint8Array.from(values), SHAPE, affine);

const SCHEME: LabelScheme = {
  labels: [
    { value: 1, name: 'necrosis', color: '#ff0000' },
    { value: 2, name: 'edema', color: '#00ff00' },
    { value: 4, name: 'enhancing', color: '#0000ff' },
  ],
  regions: [{ key: 'core', name: 'Core', labels: [1, 4] }],
};

describe('error overlay', () => {
  it('separates true positives, false positives and false negatives of a region', () => {
    const reference = labelmap([0, 1, 4, 2, 1, 0, 2, 0]);
    const prediction = labelmap([1, 4, 4, 2, 0, 0, 1, 2]);
    expect(Array.from(compareRegion(reference, prediction, [1, 4]).voxels)).toEqual([
      FALSE_POSITIVE, TRUE_POSITIVE, TRUE_POSITIVE, 0, FALSE_NEGATIVE, 0, FALSE_POSITIVE, 0,
    ]);
  });

  it('is empty for an empty region', () => {
    const map = labelmap([1, 1, 1, 1, 1, 1, 1, 1]);
    expect(compareRegion(map, map, []).voxels.every((value) => value === 0)).toBe(true);
  });

  it('refuses different grids', () => {
    const other = makeVolume(new Uint8Array(8), [2, 4, 1], AFFINE);
    expect(() => compareRegion(labelmap([0, 0, 0, 0, 0, 0, 0, 0]), other, [1])).toThrow(/2×4×1 differs/);
  });
});

describe('volumes', () => {
  const statistics = labelStatistics(labelmap([0, 1, 4, 2, 1, 0, 2, 0]));

  it('counts voxels per label', () => {
    expect([0, 1, 2, 3, 4].map((label) => statistics.counts[label])).toEqual([3, 2, 2, 0, 1]);
  });

  it('is in millilitres, with anisotropic spacing, counting a label once', () => {
    // 3 voxels of 1 × 2 × 5 mm.
    expect(labelsVolume_ml(statistics, [1, 4, 4], [1, 2, 5])).toBeCloseTo(0.03, 12);
    expect(labelsVolume_ml(statistics, [], [1, 2, 5])).toBe(0);
  });

  it('finds the densest slices', () => {
    expect(statistics.profiles.map((profile) => Array.from(profile))).toEqual([[1, 1, 2, 1], [3, 2], [5]]);
    expect(densestVoxel(statistics)).toEqual([2, 0, 0]);
    expect(densestVoxel(labelStatistics(labelmap([0, 0, 0, 0, 0, 0, 0, 0])))).toBeNull();
  });

  it('lists labels that the scheme does not name', () => {
    const present = presentLabels(SCHEME, labelStatistics(labelmap([7, 1, 0, 0, 0, 0, 0, 0])));
    expect(present.map((label) => label.value)).toEqual([1, 2, 4, 7]);
  });
});

describe('labelmaps', () => {
  it('accepts whole numbers of any type', () => {
    const map = toLabelmap(makeVolume(Float64Array.of(0, 1, 2, 4), [4, 1, 1], AFFINE));
    expect(Array.from(map.voxels)).toEqual([0, 1, 2, 4]);
  });

  it.each([0.5, -1, 256, Number.NaN])('refuses %s', (value) => {
    expect(() => toLabelmap(makeVolume(Float32Array.of(0, value), [2, 1, 1], AFFINE))).toThrow(/not a label/);
  });

  it('says how grids differ', () => {
    const zeros = labelmap([0, 0, 0, 0, 0, 0, 0, 0]);
    const shifted: Affine = [[-1, 0, 0, 3], AFFINE[1], AFFINE[2]];
    expect(gridDifference(zeros, zeros)).toBeNull();
    expect(gridDifference(labelmap([0, 0, 0, 0, 0, 0, 0, 0], shifted), zeros)).toMatch(/3\.00 mm away/);
  });

  it('reads values inside the grid only', () => {
    const map = labelmap([0, 1, 4, 2, 1, 0, 9, 0]);
    expect(valueAt(map, [2, 1, 0])).toBe(9);
    expect(valueAt(map, [4, 0, 0])).toBeNull();
    expect(valueAt(map, [-1, 1, 0])).toBeNull();
  });
});

describe('content box', () => {
  it('surrounds what is not zero', () => {
    const voxels = new Int16Array(4 * 3 * 2);
    voxels[1 + 4 * 2 + 12 * 0] = -5;
    voxels[2 + 4 * 1 + 12 * 0] = 7;
    expect(contentBox({ voxels, shape: [4, 3, 2] })).toEqual({ low: [1, 1, 0], high: [2, 2, 0] });
  });

  it('is the grid without any content', () => {
    expect(contentBox({ voxels: new Int16Array(24), shape: [4, 3, 2] })).toEqual({ low: [0, 0, 0], high: [3, 2, 1] });
  });
});

describe('painting', () => {
  it('spreads the window over the grey values and clamps outside', () => {
    const volume = makeVolume(Int16Array.of(0, 100, 140, 400), [4, 1, 1], AFFINE);
    const out = new Uint8ClampedArray(16);
    paintImageSlice(volume, planeGeometry(volume, 'axial'), 0, { level: 150, width: 100 }, out);
    expect([out[0], out[4], out[8], out[12]]).toEqual([0, 0, 102, 255]);
    expect(out[3]).toBe(255);
  });

  it('gives hidden labels and background no ink', () => {
    const out = new Uint8ClampedArray(16);
    paintLabelSlice(Uint8Array.of(0, 1, 2, 9), makePalette(SCHEME.labels, new Set([2])), out);
    expect(Array.from(out.subarray(4, 8))).toEqual([255, 0, 0, 255]);
    expect([out[3], out[11], out[15]]).toEqual([0, 0, 255]);
  });
});

describe('outlines', () => {
  it('surrounds one pixel with four edges', () => {
    const outline = outlineLabels(Uint8Array.of(0, 0, 0, 0, 5, 0, 0, 0, 0), 3, 3).get(5) ?? [];
    expect(outline).toEqual([1, 1, 2, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 1, 2, 2]);
  });

  it('joins straight runs and closes at the rim of the slice', () => {
    const outline = outlineLabels(Uint8Array.of(3, 3, 3, 3), 2, 2).get(3) ?? [];
    expect(outline).toEqual([0, 0, 2, 0, 0, 2, 2, 2, 0, 0, 0, 2, 2, 0, 2, 2]);
  });

  it('gives a border between two labels to both', () => {
    const outlines = outlineLabels(Uint8Array.of(1, 2), 2, 1);
    const vertical = [1, 0, 1, 1];
    expect((outlines.get(1) ?? []).slice(-4)).toEqual(vertical);
    expect(outlines.get(2)).toEqual([1, 0, 2, 0, 1, 1, 2, 1, ...vertical, 2, 0, 2, 1]);
  });
});

describe('window', () => {
  it('takes percentiles 1 and 99.5 of the non-zero voxels', () => {
    // 0 … 1000 and many zeros: of 1 … 1000, percentile 1 is 10.99 and 99.5 is 995.005.
    const voxels = Float32Array.from({ length: 3000 }, (_, i) => (i <= 1000 ? i : 0));
    const window = autoWindow({ voxels });
    expect(window.level - window.width / 2).toBeCloseTo(10.99, 9);
    expect(window.level + window.width / 2).toBeCloseTo(995.005, 9);
  });

  it('is usable for an image without any voxel but zero', () => {
    expect(autoWindow({ voxels: new Int16Array(10) })).toEqual({ level: 0.5, width: 1 });
  });

  it('widens to the right and never collapses', () => {
    const automatic = { level: 100, width: 300 };
    expect(dragWindow(automatic, automatic, [10, -5])).toEqual({ level: 95, width: 310 });
    expect(dragWindow(automatic, automatic, [-900, 0]).width).toBe(3);
  });
});

describe('viewport', () => {
  const geometry = planeGeometry(makeVolume(new Uint8Array(8), SHAPE, AFFINE), 'axial');

  it('fits and centres the slice', () => {
    // 4 × 4 mm into 248 × 148 px less rims of 38 and 24: 25 px/mm.
    const viewport = placeSlice(geometry, [248, 148], FITTED);
    expect(viewport).toEqual({ pixelsPerMm: 25, origin_px: [74, 24] });
  });

  it('fits and centres the focus where there is one', () => {
    // LPS columns 1–2 (1 mm) and row 1 (2 mm): 2 × 2 mm into 100 px of height, 50 px/mm, its middle at (2, 3) mm.
    const volume = makeVolume(new Uint8Array(8), SHAPE, AFFINE);
    const focused = planeGeometry(volume, 'axial', { low: [1, 1, 0], high: [2, 1, 0] });
    expect(placeSlice(focused, [248, 148], FITTED)).toEqual({ pixelsPerMm: 50, origin_px: [24, -76] });
  });

  it('keeps the point under the pointer while zooming', () => {
    const pane = [220, 120] as const;
    const anchor = [150, 30] as const;
    const before = screenToPlane_mm(placeSlice(geometry, pane, FITTED), anchor);
    const zoomed = zoomAround(FITTED, 3, geometry, pane, anchor);
    const after = screenToPlane_mm(placeSlice(geometry, pane, zoomed), anchor);
    expect(zoomed.zoom).toBe(3);
    expect(after[0]).toBeCloseTo(before[0], 9);
    expect(after[1]).toBeCloseTo(before[1], 9);
  });

  it('pans with the pointer', () => {
    expect(panBy(FITTED, [50, -25], 25).pan_mm).toEqual([2, -1]);
  });

  it('takes a mouse notch as one slice and adds up a trackpad', () => {
    expect(wheelSteps(0, 120)).toEqual({ steps: 1, rest_px: 0 });
    expect(wheelSteps(0, -120)).toEqual({ steps: -1, rest_px: 0 });
    expect(wheelSteps(10, 10)).toEqual({ steps: 0, rest_px: 20 });
    expect(wheelSteps(20, 10)).toEqual({ steps: 1, rest_px: 5 });
  });
});
