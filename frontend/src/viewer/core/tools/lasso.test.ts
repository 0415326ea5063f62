// @vitest-environment node
import { describe, expect, it } from 'vitest';

import { AXES, type Axis, type Vec3 } from '../affine';
import { NO_EDIT } from '../edits';
import { axesAcross, ToolError } from './grid';
import { fillLasso, relabelLasso } from './lasso';
import { drawn, edited, emptyGrid, flatGrid, forSeeds, stack } from './testGrids';

const IN_SLICE = { plane: { axis: 2, slice: 0 } } as const;

/** Corners in a slice as points of the grid. */
function corners(axis: Axis, slice: number, ...places: readonly (readonly [number, number])[]): Vec3[] {
  const [u, v] = axesAcross(axis);
  return places.map((place) => {
    const point: [number, number, number] = [slice, slice, slice];
    point[u] = place[0];
    point[v] = place[1];
    return point;
  });
}

describe('lasso', () => {
  it.each(AXES)('fills the voxels whose centres it encloses, across axis %i', (axis) => {
    const empty = ['......', '......', '......', '......'];
    const grid = stack([empty, empty], axis, [1, 2, 3]);
    const outline = corners(axis, 1, [0.5, 0.5], [4.4, 0.5], [4.4, 1.5], [2.5, 1.5], [2.5, 2.9], [0.5, 2.9]);
    const after = edited(grid, fillLasso(grid, outline, 3, { plane: { axis, slice: 1 } }));
    expect(drawn(after, axis, 1)).toEqual(['......', '.3333.', '.33...', '......']);
    expect(drawn(after, axis, 0)).toEqual(empty);
  });

  it('is cut off at the rim of the grid, and erases with label 0', () => {
    const grid = flatGrid(['222', '222']);
    const outline = corners(2, 0, [-9, -9], [1.2, -9], [1.2, 9], [-9, 9]);
    expect(drawn(edited(grid, fillLasso(grid, outline, 0, IN_SLICE)))).toEqual(['..2', '..2']);
  });

  it('fills what a self-crossing outline goes round twice', () => {
    const grid = emptyGrid([7, 7, 1]);
    const twice = [[0.5, 0.5], [5.5, 0.5], [5.5, 5.5], [0.5, 5.5], [0.5, 0.5]] as const;
    const outline = corners(2, 0, ...twice, [1.5, 1.5], [4.5, 1.5], [4.5, 4.5], [1.5, 4.5], [1.5, 1.5]);
    expect(drawn(edited(grid, fillLasso(grid, outline, 1, IN_SLICE)))[3]).toBe('.11111.');
  });

  it('encloses nothing with fewer than three corners', () => {
    const grid = emptyGrid([5, 5, 1]);
    for (const places of [[], [[1, 1]], [[1, 1], [4, 3]]] as const) {
      expect(fillLasso(grid, corners(2, 0, ...places), 1, IN_SLICE)).toEqual(NO_EDIT);
    }
  });

  it('splits neighbours that share an edge without overlap or gap, and forgets the direction', () => {
    forSeeds(60, (chance) => {
      const grid = emptyGrid([12, 10, 1]);
      const corner = () => [chance.whole(-2, 26) / 2, chance.whole(-2, 22) / 2] as const;
      // Corners on voxel centres and between them: the cases in which a rule is needed.
      const [left, top, right, bottom] = [[-1, 4.5], [6, -1], [13, 5], [6.5, 11]] as const;
      const middle = corner();
      const pieces = [[left, top], [top, right], [right, bottom], [bottom, left]] as const;
      const insideAll = middle[0] > 4 && middle[0] < 8 && middle[1] > 3 && middle[1] < 7;
      const centre = insideAll ? middle : ([6, 5] as const);
      const count = new Uint8Array(120);
      for (const [a, b] of pieces) {
        const outline = corners(2, 0, a, b, centre);
        const filled = fillLasso(grid, outline, 1, IN_SLICE);
        expect(fillLasso(grid, outline.reverse(), 1, IN_SLICE)).toEqual(filled);
        edited(grid, filled).voxels.forEach((label, i) => (count[i] = (count[i] ?? 0) + label));
      }
      const whole = edited(grid, fillLasso(grid, corners(2, 0, left, top, right, bottom), 1, IN_SLICE)).voxels;
      expect(count).toEqual(whole);
    });
  });

  it('cuts through several slices, and refuses those that are not there', () => {
    const grid = emptyGrid([3, 3, 4]);
    const outline = corners(2, 1, [0.5, 0.5], [1.5, 0.5], [1.5, 1.5], [0.5, 1.5]);
    const plane = { axis: 2, slice: 1 } as const;
    const after = edited(grid, fillLasso(grid, outline, 1, { plane, through: [2, 1] }));
    expect([0, 1, 2, 3].map((slice) => drawn(after, 2, slice)[1])).toEqual(['...', '.1.', '.1.', '...']);
    expect(() => fillLasso(grid, outline, 1, { plane, through: [0, 4] })).toThrow(ToolError);
  });

  it('paints only over what the rules allow', () => {
    const grid = flatGrid(['0123']);
    const outline = corners(2, 0, [-1, -1], [5, -1], [5, 1], [-1, 1]);
    expect(drawn(edited(grid, fillLasso(grid, outline, 7, { ...IN_SLICE, rules: { over: [0, 2] } })))).toEqual(['7173']);
  });
});

describe('relabelling in a lasso', () => {
  const grid = flatGrid(['01241', '01241']);
  const firstRow = corners(2, 0, [-1, -1], [3.5, -1], [3.5, 0.5], [-1, 0.5]);

  it.each([
    ['one label', { from: 1, to: 4 }, '.4241'],
    ['both ways', { from: 1, to: 4, both: true }, '.4211'],
    ['every label', { from: null, to: 2 }, '.2221'],
    ['background as well, by its number', { from: 0, to: 2 }, '21241'],
    ['what is not locked', { from: null, to: 2, rules: { locked: [4] } }, '.2241'],
  ])('changes %s', (_, options, row) => {
    expect(drawn(edited(grid, relabelLasso(grid, firstRow, { ...IN_SLICE, ...options })))).toEqual([row, '.1241']);
  });
});
