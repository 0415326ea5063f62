import { expect, test } from 'vitest';

import { editBetween, type Volume } from '~/viewer';

import type { ContestedRegion } from './queries';
import { asked, boxOf, forEachVoxelOf, neighbour, opinion, regionsOf, type RegionStep, settledRegions } from './regions';

const AFFINE = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] as unknown as Volume['affine'];
/** Two regions on a 4 × 2 × 1 grid. */
const MAP: Volume = {
  voxels: Uint16Array.of(1, 1, 0, 2, 0, 1, 0, 2),
  shape: [4, 2, 1],
  affine: AFFINE,
  spacing_mm: [1, 1, 1],
  orientation: 'RAS',
};

function region(number: number, box: number[][]): ContestedRegion {
  const labels = { A: { 0: 1, 2: 5 }, B: { 1: 3 } };
  const question = [0, 1, 2];
  return { number, voxels: 3, volume_ml: 0.003, mean_entropy_bits: 1, score: 1, box, centre: [0, 0, 0], question, labels, state: 'open' };
}

function step(edit_id: string, change: Partial<RegionStep>): RegionStep {
  return { edit_id, source: '', region: null, regions: [], undoes: null, ...change };
}

const TAKE = step('take', { source: 'B', region: 1, regions: [1] });
const PAINT = step('paint', { regions: [1, 2] });

test('the last edit in a region settles it', () => {
  expect([...settledRegions([TAKE])]).toEqual([[1, { state: 'taken', source: 'B' }]]);
  expect(settledRegions([TAKE, PAINT]).get(1)).toEqual({ state: 'painted', source: '' });
  expect(settledRegions([PAINT, TAKE]).get(1)).toEqual({ state: 'taken', source: 'B' });
});

test('a region that was taken without a change is settled', () => {
  expect(settledRegions([step('take', { source: 'A', region: 2 })]).has(2)).toBe(true);
});

test('what was taken back counts no more, and counts again once that is redone', () => {
  const undo = step('undo', { undoes: 'paint', regions: [1, 2] });
  const redo = step('redo', { undoes: 'undo', regions: [1, 2] });
  expect([...settledRegions([TAKE, PAINT, undo]).keys()]).toEqual([1]);
  expect(settledRegions([TAKE, PAINT, undo]).get(1)?.state).toBe('taken');
  expect(settledRegions([TAKE, PAINT, undo, redo]).get(2)?.state).toBe('painted');
});

test('an edit touches the regions in which it changes a voxel', () => {
  const after = new Uint8Array(8);
  after[2] = 4;
  expect(regionsOf(editBetween(new Uint8Array(8), after), MAP)).toEqual([]);
  after[5] = 4;
  after[7] = 4;
  expect(regionsOf(editBetween(new Uint8Array(8), after), MAP)).toEqual([1, 2]);
});

test('neighbours go around the ends, and pass over what is not asked for', () => {
  expect([neighbour(3, null, 1), neighbour(3, 3, 1), neighbour(3, 1, -1), neighbour(3, null, -1)]).toEqual([1, 1, 3, 3]);
  expect(neighbour(3, 1, 1, (number) => number === 3)).toBe(3);
  expect(neighbour(3, 1, 1, (number) => number === 1)).toBeNull();
  expect(neighbour(1, 1, 1)).toBeNull();
  expect(neighbour(0, null, 1)).toBeNull();
});

test('a region is walked within its half-open box only', () => {
  const found: number[] = [];
  const first = region(1, [[0, 2], [0, 2], [0, 1]]);
  expect(boxOf(first)).toEqual({ low: [0, 0, 0], high: [1, 1, 0] });
  forEachVoxelOf(first, MAP, (i) => found.push(i));
  expect(found).toEqual([0, 1, 5]);
});

test('of a source the label that most of the region has comes first', () => {
  expect(opinion(region(1, []), 'A').map(({ label }) => label)).toEqual([2, 0]);
  expect(opinion(region(1, []), 'C')).toEqual([]);
});

test('a region asks for its labels, the commonest first and background last', () => {
  expect(asked(region(1, []))).toEqual([2, 1, 0]);
  expect(asked({ question: [1, 2], labels: {} })).toEqual([1, 2]);
});
