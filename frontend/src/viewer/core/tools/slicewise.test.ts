// @vitest-environment node
import { describe, expect, it } from 'vitest';

import { AXES } from '../affine';
import { NO_EDIT } from '../edits';
import { signedDistances_mm } from './distance';
import { ToolError } from './grid';
import { copySlice, interpolateSlices, slicesWith } from './slicewise';
import { drawn, edited, emptyGrid, forSeeds, stack } from './testGrids';

const NOTHING = ['.........', '.........', '.........', '.........', '.........'];
const bar = (row: string) => ['.........', row, row, row, '.........'];

describe('signed distances', () => {
  it('is exact in mm, whatever the pixels: each against each', () => {
    forSeeds(40, (chance) => {
      const [width, height] = [chance.whole(1, 9), chance.whole(1, 8)];
      const spacing_mm = [chance.between(0.4, 2), chance.between(0.4, 6)] as const;
      const pixels = Uint8Array.from({ length: width * height }, () => (chance.next() < 0.4 ? 1 : 0));
      const farthest = Math.hypot(width * spacing_mm[0], height * spacing_mm[1]);
      signedDistances_mm({ pixels, width, height, spacing_mm }).forEach((distance, i) => {
        const others = Array.from(pixels.keys()).filter((other) => pixels[other] !== pixels[i]);
        const nearest = Math.min(
          farthest,
          ...others.map((other) =>
            Math.hypot(
              ((other % width) - (i % width)) * spacing_mm[0],
              (Math.floor(other / width) - Math.floor(i / width)) * spacing_mm[1],
            ),
          ),
        );
        expect(distance).toBeCloseTo(pixels[i] ? nearest : -nearest, 9);
      });
    });
  });
});

describe('interpolation', () => {
  it.each(AXES)('passes linearly from a narrow bar to a wide one, across axis %i', (axis) => {
    const [narrow, wide] = [bar('....1....'), bar('.1111111.')];
    const grid = stack([narrow, NOTHING, NOTHING, wide], axis);
    const after = edited(grid, interpolateSlices(grid, { axis, label: 1 }));
    // Half widths 0.5 and 3.5 voxels: 1.5 and 2.5 on the way.
    expect([0, 1, 2, 3].map((slice) => drawn(after, axis, slice)[2])).toEqual([
      '....1....',
      '...111...',
      '..11111..',
      '.1111111.',
    ]);
  });

  it('holds keyframes in the middle', () => {
    const grid = stack([bar('.11......'), NOTHING, bar('.11111...'), NOTHING, bar('.1.......')], 2);
    const after = edited(grid, interpolateSlices(grid, { axis: 2, label: 1 }));
    const rows = [0, 1, 2, 3, 4].map((slice) => drawn(after, 2, slice)[2]);
    expect([rows[0], rows[2], rows[4]]).toEqual(['.11......', '.11111...', '.1.......']);
    expect(rows[1]).toMatch(/^\.1{3,4}\.+$/);
    expect(rows[3]).toMatch(/^\.1{2,4}\.+$/);
  });

  it('moves a shape whose keyframes share no voxel', () => {
    const grid = stack([bar('111......'), NOTHING, bar('......111')], 2);
    const after = edited(grid, interpolateSlices(grid, { axis: 2, label: 1 }));
    expect(drawn(after, 2, 1)).toEqual(bar('...111...'));
  });

  it('measures in mm: rows that are far apart weigh more', () => {
    const none = Array.from({ length: 7 }, () => '.......');
    const tall = none.map((row, j) => (j >= 1 && j <= 5 ? '..111..' : row));
    const flat = none.map((row, j) => (j === 3 ? '.11111.' : row));
    const middleOf = (rowSpacing: number) => {
      const grid = stack([tall, none, flat], 2, [1, rowSpacing, 1]);
      return drawn(edited(grid, interpolateSlices(grid, { axis: 2, label: 1 })), 2, 1);
    };
    // In the bar's row both rims are 1 mm away: a tie, which is inside. One row above it, the tall shape is 2 mm deep
    // in the middle and 1 mm at its sides; the flat one is a row's spacing away.
    expect(middleOf(1).slice(2, 5)).toEqual(['..111..', '.11111.', '..111..']);
    expect(middleOf(4).slice(2, 5)).toEqual(['.......', '.11111.', '.......']);
  });

  it('gives identical keyframes to all slices between them', () => {
    forSeeds(15, (chance) => {
      const rows = Array.from({ length: 6 }, () => Array.from({ length: 7 }, () => (chance.next() < 0.5 ? '1' : '.')).join(''));
      rows[2] = '...1...';
      const none = rows.map(() => '.......');
      const grid = stack([rows, none, none, rows], 1, [1, 2, 3]);
      const after = edited(grid, interpolateSlices(grid, { axis: 1, label: 1 }));
      expect([drawn(after, 1, 1), drawn(after, 1, 2)]).toEqual([rows, rows]);
    });
  });

  it('uses the chosen keyframes, and adds to or replaces what lies between', () => {
    const grid = stack([bar('...1.....'), bar('1..22....'), bar('...111...')], 2);
    const between = (options: object) =>
      drawn(edited(grid, interpolateSlices(grid, { axis: 2, label: 1, keyframes: [2, 0], ...options })), 2, 1)[2];
    expect(between({})).toBe('1..11....');
    expect(between({ replace: true })).toBe('...11....');
    expect(between({ rules: { locked: [2] } })).toBe('1..22....');
    expect(interpolateSlices(grid, { axis: 2, label: 1 })).toEqual(NO_EDIT);
  });

  it('says what is missing', () => {
    const grid = stack([bar('...1.....'), NOTHING, NOTHING], 2);
    expect(slicesWith(grid, 2, 1)).toEqual([0]);
    expect(() => interpolateSlices(grid, { axis: 2, label: 1 })).toThrow(/on 1 of the slices/);
    expect(() => interpolateSlices(grid, { axis: 2, label: 1, keyframes: [0, 2] })).toThrow(/slice 2 holds no voxel/);
    expect(() => interpolateSlices(grid, { axis: 2, label: 1, keyframes: [0, 3] })).toThrow(ToolError);
  });
});

describe('copying a slice', () => {
  it.each(AXES)('adds its labels to another, across axis %i', (axis) => {
    const grid = stack([['12.', '4..'], ['..3', '334'], ['...', '...']], axis);
    const copied = (options: object) => drawn(edited(grid, copySlice(grid, { axis, from: 0, to: 1, ...options })), axis, 1);
    expect(copied({})).toEqual(['123', '434']);
    expect(copied({ labels: [2, 4] })).toEqual(['.23', '434']);
    expect(copied({ labels: [2, 4], replace: true })).toEqual(['.23', '43.']);
    expect(copied({ replace: true })).toEqual(['12.', '4..']);
    expect(copied({ rules: { locked: [3] } })).toEqual(['123', '334']);
  });

  it('refuses slices that are not there', () => {
    expect(() => copySlice(emptyGrid([2, 2, 2]), { axis: 0, from: 1, to: 2 })).toThrow(/slices 0 to 1/);
  });
});
