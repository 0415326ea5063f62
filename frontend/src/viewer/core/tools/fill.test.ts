// @vitest-environment node
import { describe, expect, it } from 'vitest';

import { AXES, type Vec3 } from '../affine';
import { countVoxels, editBetween, NO_EDIT } from '../edits';
import { floodFill, growFromSeed } from './fill';
import { axesAcross, indexOf, ToolError } from './grid';
import { drawn, edited, emptyGrid, flatGrid, forSeeds, stack } from './testGrids';

const IN_SLICE = { axis: 2, slice: 0 } as const;

describe('flood fill', () => {
  const grid = flatGrid(['11.22', '1.122', '.1122']);

  it('changes the connected voxels of one label, over faces', () => {
    const after = edited(grid, floodFill(grid, [0, 0, 0], { plane: IN_SLICE, label: 5 }));
    expect(drawn(after)).toEqual(['55.22', '5.122', '.1122']);
  });

  it('goes over corners where asked to', () => {
    const after = edited(grid, floodFill(grid, [0, 0, 0], { plane: IN_SLICE, label: 5, connectivity: 'corners' }));
    expect(drawn(after)).toEqual(['55.22', '5.522', '.5522']);
  });

  it('rounds the pointer, and does nothing outside the grid or with the label that is there', () => {
    expect(countVoxels(floodFill(grid, [3.4, 1.6, 0.2], { plane: IN_SLICE, label: 1 }))).toBe(6);
    expect(floodFill(grid, [5, 0, 0], { plane: IN_SLICE, label: 1 })).toEqual(NO_EDIT);
    expect(floodFill(grid, [0, 0, 0], { plane: IN_SLICE, label: 1 })).toEqual(NO_EDIT);
    expect(floodFill(grid, [3, 0, 0], { plane: IN_SLICE, label: 1, rules: { locked: [2] } })).toEqual(NO_EDIT);
  });

  it.each(AXES)('stays in the slice across axis %i, or goes through all', (axis) => {
    const boxes = stack([['33', '.3'], ['3.', '33'], ['..', '.3']], axis);
    const seed: [number, number, number] = [0, 0, 0];
    seed[axis] = 1;
    const flat = edited(boxes, floodFill(boxes, seed, { plane: { axis, slice: 1 }, label: 4 }));
    expect([0, 1, 2].map((slice) => drawn(flat, axis, slice))).toEqual([['33', '.3'], ['4.', '44'], ['..', '.3']]);
    const through = edited(boxes, floodFill(boxes, seed, { plane: null, label: 4 }));
    expect([0, 1, 2].map((slice) => drawn(through, axis, slice))).toEqual([['44', '.4'], ['4.', '44'], ['..', '.4']]);
  });

  it('does not run round the end of a row', () => {
    const rows = flatGrid(['..1', '1..']);
    const after = edited(rows, floodFill(rows, [2, 0, 0], { plane: null, label: 2, connectivity: 'corners' }));
    expect(drawn(after)).toEqual(['..2', '1..']);
  });

  it('finds all that can be reached, and nothing else', () => {
    forSeeds(30, (chance) => {
      const shape: Vec3 = [chance.whole(1, 7), chance.whole(1, 6), chance.whole(1, 5)];
      const random = { ...emptyGrid(shape), voxels: chance.labelmap(shape[0] * shape[1] * shape[2], 1) };
      const seed: Vec3 = [chance.whole(0, shape[0] - 1), chance.whole(0, shape[1] - 1), chance.whole(0, shape[2] - 1)];
      const label = random.voxels[indexOf(shape, seed)];
      // Label propagation until nothing changes: slow, and plainly right.
      const reached = new Uint8Array(random.voxels.length);
      reached[indexOf(shape, seed)] = 1;
      for (let grown = true; grown; ) {
        grown = false;
        for (let i = 0; i < reached.length; i += 1) {
          if (reached[i] || random.voxels[i] !== label) continue;
          const voxel = [i % shape[0], Math.floor(i / shape[0]) % shape[1], Math.floor(i / (shape[0] * shape[1]))];
          const touches = AXES.some((axis) =>
            [-1, 1].some((sign) => {
              const beside: [number, number, number] = [voxel[0] ?? 0, voxel[1] ?? 0, voxel[2] ?? 0];
              beside[axis] += sign;
              return beside[axis] >= 0 && beside[axis] < shape[axis] && reached[indexOf(shape, beside)] === 1;
            }),
          );
          if (touches) reached[i] = 1;
          grown ||= touches;
        }
      }
      const wanted = random.voxels.map((old, i) => (reached[i] ? 9 : old));
      expect(floodFill(random, seed, { plane: null, label: 9 })).toEqual(editBetween(random.voxels, wanted));
    });
  });
});

describe('click to grow', () => {
  const image = Float32Array.from([
    10, 11, 12, 30, 11,
    50, 12, 13, 30, 10,
    10, 50, 14, 30, 30,
  ]);
  const options = { plane: IN_SLICE, label: 1, image, tolerance: 2, radius_mm: 99 };

  it('takes the connected voxels within the tolerance of the seed, both ends included', () => {
    const grid = emptyGrid([5, 3, 1]);
    const after = edited(grid, growFromSeed(grid, [1, 1, 0], options));
    expect(drawn(after)).toEqual(['111..', '.11..', '..1..']);
  });

  it('stops at its radius in mm', () => {
    const grid = emptyGrid([5, 3, 1], [1, 4, 1]);
    const after = edited(grid, growFromSeed(grid, [1, 1, 0], { ...options, radius_mm: 3.9 }));
    expect(drawn(after)).toEqual(['.....', '.11..', '.....']);
    const further = edited(grid, growFromSeed(grid, [1, 1, 0], { ...options, radius_mm: 4 }));
    expect(drawn(further)).toEqual(['.1...', '.11..', '.....']);
  });

  it('passes through its own label and is held back by what may not change', () => {
    const grid = flatGrid(['.....', '..1..', '..2..']);
    const held = edited(grid, growFromSeed(grid, [1, 1, 0], { ...options, rules: { over: [0] } }));
    expect(drawn(held)).toEqual(['111..', '.11..', '..2..']);
    const walled = flatGrid(['.2...', '.22..', '.....']);
    const stopped = edited(walled, growFromSeed(walled, [0, 0, 0], { ...options, rules: { locked: [2] } }));
    expect(drawn(stopped)).toEqual(['12...', '.22..', '.....']);
  });

  it.each(AXES)('grows in the slice across axis %i', (axis) => {
    const [u, v] = axesAcross(axis);
    const shape: [number, number, number] = [3, 3, 3];
    const grid = emptyGrid(shape);
    const seed: [number, number, number] = [1, 1, 1];
    const flat = growFromSeed(grid, seed, { ...options, plane: { axis, slice: 1 }, image: new Int16Array(27), radius_mm: 1 });
    expect(drawn(edited(grid, flat), axis, 1)).toEqual(['.1.', '111', '.1.']);
    expect(countVoxels(flat)).toBe(5);
    expect([u, v]).not.toContain(axis);
  });

  it('refuses an image of another grid and does nothing outside the grid', () => {
    const grid = emptyGrid([5, 3, 1]);
    expect(() => growFromSeed(grid, [0, 0, 0], { ...options, image: new Int16Array(2) })).toThrow(ToolError);
    expect(growFromSeed(grid, [0, -1, 0], options)).toEqual(NO_EDIT);
  });
});
