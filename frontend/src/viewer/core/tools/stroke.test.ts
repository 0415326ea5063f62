// @vitest-environment node
import { describe, expect, it } from 'vitest';

import { AXES, type Vec3 } from '../affine';
import { applyEdit, countVoxels, editBetween, editBox, NO_EDIT } from '../edits';
import { planeGeometry, PLANES, voxelToPlane_mm } from '../planes';
import { makeVolume } from '../volume';
import { axesAcross, indexOf, pointInSlice, ToolError } from './grid';
import { labelAround, type PaintRules } from './rules';
import { type Brush, type BrushPoint, paintStroke, Stroke } from './stroke';
import { type Chance, drawn, edited, emptyGrid, flatGrid, forSeeds } from './testGrids';

const at = (point: Vec3, radius_mm: number): BrushPoint => ({ at: point, radius_mm });
const disc = (axis: 0 | 1 | 2, slice: number, label = 1, rules?: PaintRules): Brush => ({ plane: { axis, slice }, label, rules });
const BALL: Brush = { plane: null, label: 1 };

describe('disc', () => {
  it('is round in mm, rim included', () => {
    const grid = emptyGrid([7, 7, 1]);
    expect(drawn(edited(grid, paintStroke(grid, disc(2, 0), [at([3, 3, 0], 2)])))).toEqual([
      '.......',
      '...1...',
      '..111..',
      '.11111.',
      '..111..',
      '...1...',
      '.......',
    ]);
  });

  it.each(AXES)('is flatter where voxels are longer, across axis %i', (axis) => {
    const [u, v] = axesAcross(axis);
    const shape: [number, number, number] = [1, 1, 1];
    const spacing: [number, number, number] = [1, 1, 1];
    const centre: [number, number, number] = [0, 0, 0];
    shape[u] = 9;
    shape[v] = 5;
    spacing[v] = 3;
    centre[u] = 4;
    centre[v] = 2;
    const grid = emptyGrid(shape, spacing);
    // Rows lie 3 mm apart: √(4² − 3²) = 2.65 mm to both sides there.
    expect(drawn(edited(grid, paintStroke(grid, disc(axis, 0), [at(centre, 4)])), axis)).toEqual([
      '.........',
      '..11111..',
      '111111111',
      '..11111..',
      '.........',
    ]);
  });

  it('stays in its slice whatever the pointer says, and within the grid', () => {
    const grid = emptyGrid([4, 4, 3]);
    const after = edited(grid, paintStroke(grid, disc(2, 1), [at([-1, 0, 2.4], 2), at([0, 9, 0], 1)]));
    expect(drawn(after, 2, 0).join('')).not.toContain('1');
    expect(drawn(after, 2, 2).join('')).not.toContain('1');
    expect(drawn(after, 2, 1)).toEqual(['11..', '1...', '1...', '1...']);
  });

  it('paints the voxel under the pointer however small it is, and lines without gaps', () => {
    const grid = emptyGrid([8, 4, 1], [1, 1, 1]);
    const after = edited(grid, paintStroke(grid, disc(2, 0), [at([0, 0.4, 0], 0.1), at([7, 3.4, 0], 0.1)]));
    const columns = Array.from({ length: 8 }, (_, x) => drawn(after).map((row) => row[x]).join(''));
    expect(columns.every((column) => column.includes('1'))).toBe(true);
    expect(countVoxels(editBetween(grid.voxels, after.voxels))).toBeLessThanOrEqual(11);
  });

  it('follows the pressure of a pen', () => {
    const grid = emptyGrid([12, 7, 1]);
    const after = edited(grid, paintStroke(grid, disc(2, 0), [at([2, 3, 0], 0.2), at([9, 3, 0], 2)]));
    expect(drawn(after)).toEqual([
      '............',
      '.........1..',
      '........111.',
      '..1111111111',
      '........111.',
      '.........1..',
      '............',
    ]);
  });

  it('refuses a slice that is not there', () => {
    expect(() => new Stroke(emptyGrid([4, 4, 3]), disc(2, 3))).toThrow(ToolError);
  });
});

describe('ball', () => {
  it('has the voxels of a sphere of 10 mm', () => {
    const grid = emptyGrid([25, 25, 25]);
    // The number of whole points within distance 10 of the origin is 4169 (OEIS A000605).
    expect(countVoxels(paintStroke(grid, BALL, [at([12, 12, 12], 10)]))).toBe(4169);
  });
});

/** Voxels within the radius of a segment, each tested by itself. */
function bruteForce(grid: { shape: Vec3; spacing_mm: Vec3 }, a: Vec3, b: Vec3, radius: number): { sure: Set<number>; near: Set<number> } {
  const mm = (point: Vec3) => point.map((part, axis) => part * (grid.spacing_mm[axis] ?? 1));
  const [from, to] = [mm(a), mm(b)];
  const along = to.map((part, axis) => part - (from[axis] ?? 0));
  const squared = along.reduce((sum, part) => sum + part * part, 0);
  const [sure, near] = [new Set<number>(), new Set<number>()];
  for (let z = 0; z < grid.shape[2]; z += 1) {
    for (let y = 0; y < grid.shape[1]; y += 1) {
      for (let x = 0; x < grid.shape[0]; x += 1) {
        const point = mm([x, y, z]);
        const dot = point.reduce((sum, part, axis) => sum + (part - (from[axis] ?? 0)) * (along[axis] ?? 0), 0);
        const t = squared === 0 ? 0 : Math.min(1, Math.max(0, dot / squared));
        const distance = Math.hypot(...point.map((part, axis) => part - (from[axis] ?? 0) - t * (along[axis] ?? 0)));
        if (distance <= radius - 1e-5) sure.add(indexOf(grid.shape, [x, y, z]));
        if (distance <= radius + 1e-5) near.add(indexOf(grid.shape, [x, y, z]));
      }
    }
  }
  return { sure, near };
}

const somewhere = (chance: Chance, shape: Vec3): Vec3 => [
  chance.between(-3, shape[0] + 3),
  chance.between(-3, shape[1] + 3),
  chance.between(-3, shape[2] + 3),
];

describe('sweep', () => {
  it('covers the voxels within the radius of the path: what any voxel says by itself', () => {
    forSeeds(60, (chance) => {
      const shape: Vec3 = [chance.whole(3, 12), chance.whole(3, 12), chance.whole(3, 8)];
      const grid = emptyGrid(shape, [chance.between(0.5, 2), chance.between(0.5, 2), chance.between(0.5, 5)]);
      const a = somewhere(chance, shape);
      const straight = chance.next() < 0.3;
      const b: Vec3 = straight ? [chance.between(0, shape[0]), a[1], a[2]] : somewhere(chance, shape);
      const radius = chance.between(2, 6);
      const painted = new Set<number>();
      edited(grid, paintStroke(grid, BALL, [at(a, radius), at(b, radius)])).voxels.forEach((label, i) => label && painted.add(i));
      const { sure, near } = bruteForce(grid, a, b, radius);
      expect([...sure].filter((i) => !painted.has(i))).toEqual([]);
      // Besides the capsule, only the voxels that the path itself runs through.
      const under = new Set<number>();
      edited(grid, paintStroke(grid, BALL, [at(a, 0), at(b, 0)])).voxels.forEach((label, i) => label && under.add(i));
      expect([...painted].filter((i) => !near.has(i) && !under.has(i))).toEqual([]);
    });
  });

  it('gives the same whether points come at once or one by one, and says which box changed', () => {
    forSeeds(40, (chance) => {
      const shape: Vec3 = [14, 11, 6];
      const before = chance.labelmap(14 * 11 * 6);
      const grid = { shape, spacing_mm: [1, 1.5, 3] as const, voxels: before.slice() };
      const plane = chance.next() < 0.5 ? { axis: 1 as const, slice: 4 } : null;
      const brush: Brush = { plane, label: chance.whole(0, 3), rules: { locked: [2] } };
      const points = [0, 1, 2, 3].map(() => at(somewhere(chance, shape), chance.between(0.3, 4)));
      const once = paintStroke(grid, brush, points);
      expect(grid.voxels).toEqual(before);

      const stroke = new Stroke(grid, brush);
      for (const point of points) {
        const state = grid.voxels.slice();
        expect(stroke.move([point])).toEqual(editBox(editBetween(state, grid.voxels), shape));
      }
      expect(stroke.end()).toEqual(once);
      expect(once).toEqual(editBetween(before, grid.voxels));
      stroke.cancel();
      expect(grid.voxels).toEqual(before);
    });
  });
});

describe('rules', () => {
  const grid = flatGrid(['0123401234']);
  const image = Float32Array.from([0, 10, 20, 30, 40, 50, 60, 70, 80, Number.NaN]);
  const paint = (label: number, rules: PaintRules) =>
    drawn(edited(grid, paintStroke(grid, disc(2, 0, label, rules), [at([0, 0, 0], 0.5), at([9, 0, 0], 0.5)])))[0];

  it.each<[string, number, PaintRules, string]>([
    ['anywhere', 7, {}, '7777777777'],
    ['over some labels', 7, { over: [0, 2] }, '7173471734'],
    ['not over locked labels', 7, { locked: [1, 4] }, '7177471774'],
    ['inside a region', 4, { inside: [1, 4] }, '.4234.4234'],
    ['over and inside together', 7, { over: [0, 1], inside: [1, 4] }, '.7234.7234'],
    ['where the image is in a range', 7, { range: { image, low: 10, high: 40 } }, '.7777.1234'],
    ['never where the image has no number', 7, { range: { image, low: -Infinity, high: Infinity } }, '7777777774'],
    ['the eraser as well', 0, { locked: [3] }, '...3....3.'],
  ])('%s', (_, label, rules, row) => expect(paint(label, rules)).toBe(row));

  it('refuses an image of another grid', () => {
    expect(() => paint(1, { range: { image: new Int16Array(3), low: 0, high: 1 } })).toThrow(/own grid/);
  });

  it('changes nothing where nothing may change', () => {
    expect(paintStroke(grid, disc(2, 0, 7, { over: [] }), [at([3, 0, 0], 2)])).toEqual(NO_EDIT);
  });

  it('knows what lies around a region', () => {
    const region = (key: string, ...labels: number[]) => ({ key, name: key, labels });
    const [complete, core, enhancing] = [region('complete', 1, 2, 4), region('core', 1, 4), region('enhancing', 4)];
    const scheme = { labels: [], regions: [complete, core, enhancing] };
    expect([complete, core, enhancing].map((each) => labelAround(scheme, each))).toEqual([0, 2, 1]);
    // Three labels lie around it: no one of them is the answer.
    expect(labelAround({ labels: [], regions: [region('all', 1, 2, 3, 4), enhancing] }, enhancing)).toBe(0);
  });
});

describe('pointer', () => {
  it('points at the voxel that the pane shows, in every plane of a file stored LPS', () => {
    const volume = makeVolume(new Uint8Array(4 * 5 * 6), [4, 5, 6], [
      [-1, 0, 0, 3],
      [0, -2, 0, 7],
      [0, 0, 3, -9],
    ]);
    for (const plane of PLANES) {
      const geometry = planeGeometry(volume, plane);
      for (const voxel of [[0, 0, 0], [3, 1, 5], [2, 4, 3]] as const) {
        const point = pointInSlice(geometry, voxelToPlane_mm(geometry, voxel), voxel[geometry.slice.axis]);
        point.forEach((part, axis) => expect(part).toBeCloseTo(voxel[axis] ?? NaN, 9));
      }
    }
  });
});

it('an applied stroke undone leaves the labelmap as it was', () => {
  const grid = flatGrid(['00123', '33210']);
  const edit = paintStroke(grid, disc(2, 0, 4), [at([2, 0, 0], 1)]);
  const after = edited(grid, edit).voxels;
  applyEdit(after, { ...edit, old: edit.new, new: edit.old });
  expect(after).toEqual(grid.voxels);
});
