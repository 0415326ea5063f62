import { describe, expect, it } from 'vitest';

import { applyEdit, invertEdit } from './edits';
import { countEdit, labelStatistics, makePalette, unsureVolume_ml } from './labels';
import { fillHoles, removeIslands } from './tools/cleanup';
import { floodFill } from './tools/fill';
import { ToolError } from './tools/grid';
import { fillLasso } from './tools/lasso';
import { copySlice, interpolateSlices } from './tools/slicewise';
import { paintStroke } from './tools/stroke';
import { edited, emptyGrid, flatGrid } from './tools/testGrids';
import { allowsUnsure, UNSURE, unsureRuns } from './unsure';
import { makeVolume } from './volume';

const PLANE = { axis: 2, slice: 0 } as const;
const unsure = (grid: ReturnType<typeof emptyGrid>, ...indices: number[]) => {
  for (const index of indices) grid.voxels[index] = (grid.voxels[index] ?? 0) | UNSURE;
  return { ...grid, marksUnsure: true };
};
const dab = (x: number, y = 0) => [{ at: [x, y, 0] as const, radius_mm: 0.4 }];

describe('the confidence brush', () => {
  it('marks and clears without touching labels, background too', () => {
    const grid = unsure(flatGrid(['12.']));
    const marked = edited(grid, paintStroke(grid, { plane: PLANE, label: 'unsure' }, [...dab(0), ...dab(2)]));
    expect([...marked.voxels]).toEqual([0x81, 0x82, 0x80]);
    const cleared = edited(marked, paintStroke(marked, { plane: PLANE, label: 'sure' }, dab(1)));
    expect([...cleared.voxels]).toEqual([0x81, 2, 0x80]);
  });

  it('keeps to the labels that may be painted over', () => {
    const grid = unsure(flatGrid(['12.']));
    const edit = paintStroke(grid, { plane: PLANE, label: 'unsure', rules: { over: [2] } }, [...dab(0), ...dab(2)]);
    expect([...edited(grid, edit).voxels]).toEqual([1, 0x82, 0]);
  });

  it('says why where a scheme has no room for marks', () => {
    expect(() => paintStroke(flatGrid(['1']), { plane: PLANE, label: 'unsure' }, dab(0))).toThrow(ToolError);
    expect(allowsUnsure({ labels: [{ value: 200, name: 'a', color: '#000000' }] })).toBe(false);
    expect(allowsUnsure({ labels: [{ value: 127, name: 'a', color: '#000000' }] })).toBe(true);
  });

  it('is undone as any other stroke', () => {
    const grid = unsure(flatGrid(['12']), 1);
    const before = grid.voxels.slice();
    const edit = paintStroke(grid, { plane: PLANE, label: 'unsure' }, dab(0));
    applyEdit(grid.voxels, edit);
    applyEdit(grid.voxels, invertEdit(edit));
    expect(grid.voxels).toEqual(before);
  });
});

describe('the other tools on unsure voxels', () => {
  it('a brush leaves a sure label, over an unsure voxel of the same label too', () => {
    const grid = unsure(flatGrid(['22']), 0);
    expect([...edited(grid, paintStroke(grid, { plane: PLANE, label: 2 }, dab(0))).voxels]).toEqual([2, 2]);
  });

  it('the eraser and a lasso leave sure voxels', () => {
    const grid = unsure(flatGrid(['222']), 0, 1);
    expect([...edited(grid, paintStroke(grid, { plane: PLANE, label: 0 }, dab(0))).voxels]).toEqual([0, 0x82, 2]);
    const outline = [[0.5, -1, 0], [3, -1, 0], [3, 1, 0], [0.5, 1, 0]] as const;
    expect([...edited(grid, fillLasso(grid, outline, 2, { plane: PLANE })).voxels]).toEqual([0x82, 2, 2]);
  });

  it('a fill runs through sure and unsure voxels of one label', () => {
    const grid = unsure(flatGrid(['1121']), 1);
    expect([...edited(grid, floodFill(grid, [0, 0, 0], { plane: PLANE, label: 3 })).voxels]).toEqual([3, 3, 2, 1]);
  });

  it('holes are closed and islands removed by label', () => {
    const ring = unsure(flatGrid(['111', '1.1', '111']), 1, 4);
    expect(edited(ring, fillHoles(ring, { plane: PLANE, label: 1 })).voxels[4]).toBe(1);
    const parts = unsure(flatGrid(['11.1']), 0, 3);
    const kept = removeIslands(parts, { plane: PLANE, label: 1, keep: { kind: 'largest' } });
    expect([...edited(parts, kept).voxels]).toEqual([0x81, 1, 0, 0]);
  });

  it('copies and interpolates labels, not marks', () => {
    const grid = { ...emptyGrid([1, 1, 3]), marksUnsure: true };
    grid.voxels.set([0x81, 0, 1]);
    expect([...edited(grid, copySlice(grid, { axis: 2, from: 0, to: 1 })).voxels]).toEqual([0x81, 1, 1]);
    expect([...edited(grid, interpolateSlices(grid, { axis: 2, label: 1 })).voxels]).toEqual([0x81, 1, 1]);
  });
});

describe('what is shown of unsure voxels', () => {
  const labelmap = {
    ...makeVolume(Uint8Array.of(1, 0x81, 0x80, 0), [4, 1, 1], [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 10, 0]]),
    marksUnsure: true,
  };

  it('counts labels whether sure or not, and the unsure volume', () => {
    const statistics = labelStatistics(labelmap);
    expect([...statistics.counts.slice(0, 2)]).toEqual([2, 2]);
    expect(unsureVolume_ml(statistics, labelmap.spacing_mm)).toBeCloseTo(0.02, 12);
    const edit = paintStroke(labelmap, { plane: PLANE, label: 'sure' }, dab(1));
    countEdit(statistics, labelmap.shape, edit);
    expect(statistics).toEqual(labelStatistics(edited(labelmap, edit) as typeof labelmap));
  });

  it('has the colours of labels, and runs to hatch', () => {
    const palette = makePalette([{ value: 1, name: 'a', color: '#102030' }], new Set(), undefined, true);
    expect([...palette.slice(4 * 0x81, 4 * 0x81 + 4)]).toEqual([0x10, 0x20, 0x30, 255]);
    expect(palette[4 * UNSURE + 3]).toBe(0);
    const slice = Uint8Array.of(1, 0x81, 0x80, 0x80, 0, 0);
    expect(unsureRuns(slice, 3, palette)).toEqual([1, 3, 0, 0, 1, 1]);
    expect(unsureRuns(slice, 3, makePalette([], new Set([1]), undefined, true))).toEqual([2, 3, 0, 0, 1, 1]);
  });
});
