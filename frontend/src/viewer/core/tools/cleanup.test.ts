// @vitest-environment node
import { describe, expect, it } from 'vitest';

import { AXES } from '../affine';
import { NO_EDIT } from '../edits';
import { componentsOf, fillHoles, removeIslands } from './cleanup';
import { gridBox } from './grid';
import { drawn, edited, emptyGrid, flatGrid, stack } from './testGrids';

const IN_SLICE = { axis: 2, slice: 0 } as const;

describe('fill holes', () => {
  const ring = flatGrid([
    '.222..22',
    '.2.2..2.',
    '.2222.22',
    '..242...',
    '..222.22',
    '......2.',
  ]);

  it('fills enclosed background and leaves other labels, bays and the rim', () => {
    expect(drawn(edited(ring, fillHoles(ring, { plane: IN_SLICE, label: 2 })))).toEqual([
      '.222..22',
      '.222..2.',
      '.2222.22',
      '..242...',
      '..222.22',
      '......2.',
    ]);
  });

  it('fills other labels where asked to, unless they are locked', () => {
    const options = { plane: IN_SLICE, label: 2, overLabels: true };
    expect(drawn(edited(ring, fillHoles(ring, options)))[3]).toBe('..222...');
    expect(drawn(edited(ring, fillHoles(ring, { ...options, rules: { locked: [4] } })))[3]).toBe('..242...');
  });

  it('holds a diagonal wall for closed', () => {
    const diamond = flatGrid(['.1.', '1.1', '.1.']);
    expect(drawn(edited(diamond, fillHoles(diamond, { plane: IN_SLICE, label: 1 })))[1]).toBe('111');
  });

  it.each(AXES)('fills a slice across axis %i even where it is open in three dimensions', (axis) => {
    const ringed = ['111', '1.1', '111'];
    const tube = stack([ringed, ringed, ringed], axis);
    const flat = edited(tube, fillHoles(tube, { plane: { axis, slice: 1 }, label: 1 }));
    expect([0, 1, 2].map((slice) => drawn(flat, axis, slice)[1])).toEqual(['1.1', '111', '1.1']);
    expect(fillHoles(tube, { plane: null, label: 1 })).toEqual(NO_EDIT);
  });

  it.each(AXES)('fills a cavity that is closed on all sides, along axis %i', (axis) => {
    const full = ['111', '111', '111'];
    const cavity = stack([full, ['111', '1.1', '111'], full], axis);
    expect(edited(cavity, fillHoles(cavity, { plane: null, label: 1 })).voxels.every((label) => label === 1)).toBe(true);
  });

  it('has nothing to do without the label', () => {
    expect(fillHoles(ring, { plane: null, label: 7 })).toEqual(NO_EDIT);
  });
});

describe('remove islands', () => {
  const islands = flatGrid([
    '11....2',
    '11.1.2.',
    '..1..22',
    '.....22',
    '.1.2222',
  ]);

  it('keeps the largest component, corners joining', () => {
    const edit = removeIslands(islands, { plane: IN_SLICE, label: 1, keep: { kind: 'largest' } });
    expect(drawn(edited(islands, edit))).toEqual(['11....2', '11.1.2.', '..1..22', '.....22', '...2222']);
  });

  it('keeps components of enough voxels, joined over faces only', () => {
    const edit = removeIslands(islands, {
      plane: IN_SLICE,
      label: 1,
      connectivity: 'faces',
      keep: { kind: 'voxels', least: 4 },
    });
    expect(drawn(edited(islands, edit))).toEqual(['11....2', '11...2.', '.....22', '.....22', '...2222']);
  });

  it('keeps components of exactly the least volume, with anisotropic spacing', () => {
    const grid = { ...islands, spacing_mm: [0.3, 0.7, 5] as const };
    const least = (least_mm3: number) =>
      drawn(edited(grid, removeIslands(grid, { plane: null, label: 1, connectivity: 'faces', keep: { kind: 'volume', least_mm3 } })));
    // Four voxels of 0.3 × 0.7 × 5 mm.
    expect(least(4.2)[0]).toBe('11....2');
    expect(least(4.21)[0]).toBe('......2');
  });

  it('gives an island the label around it where asked to', () => {
    const nested = flatGrid(['.....', '.222.', '.2421', '.222.']);
    const options = { plane: IN_SLICE, label: 4, keep: { kind: 'voxels', least: 2 }, becomes: 'surroundings' } as const;
    expect(drawn(edited(nested, removeIslands(nested, options)))[2]).toBe('.2221');
    const atRim = flatGrid(['4.']);
    expect(drawn(edited(atRim, removeIslands(atRim, options)))).toEqual(['..']);
    expect(removeIslands(nested, { ...options, rules: { locked: [4] } })).toEqual(NO_EDIT);
  });

  it('looks around in the slice only, where it works in one', () => {
    const island = { label: 4, keep: { kind: 'voxels', least: 2 }, becomes: 'surroundings' } as const;
    const narrow = stack([['3'], ['4'], ['3']], 2);
    expect(removeIslands(narrow, { ...island, plane: null }).new).toEqual(Uint8Array.of(3));
    expect(removeIslands(narrow, { ...island, plane: { axis: 2, slice: 1 } }).new).toEqual(Uint8Array.of(0));
  });

  it('joins slices in three dimensions, and not in one slice', () => {
    const grid = stack([['1.', '..'], ['.1', '..'], ['..', '..'], ['1.', '..']], 2);
    const sizes = (connectivity: 'faces' | 'corners') =>
      componentsOf(grid, 1, gridBox(grid.shape, null), connectivity).map(({ length }) => length);
    expect(sizes('corners')).toEqual([2, 1]);
    expect(sizes('faces')).toEqual([1, 1, 1]);
    const edit = removeIslands(grid, { plane: { axis: 2, slice: 1 }, label: 1, keep: { kind: 'voxels', least: 2 } });
    expect([0, 1, 3].map((slice) => drawn(edited(grid, edit), 2, slice)[0])).toEqual(['1.', '..', '1.']);
  });

  it('keeps the first of equally large components, and has nothing to do without the label', () => {
    const equal = flatGrid(['1.1']);
    const options = { plane: null, label: 1, keep: { kind: 'largest' } } as const;
    expect(drawn(edited(equal, removeIslands(equal, options)))).toEqual(['1..']);
    expect(removeIslands(emptyGrid([3, 3, 3]), options)).toEqual(NO_EDIT);
  });
});
