// @vitest-environment node
import { describe, expect, it } from 'vitest';

import type { Vec3 } from '../affine';
import { type LabelGrid, indexOf, ToolError } from './grid';
import { growCutEdit, prepareGrowCut, runGrowCut, UNSEEDED } from './growCut';
import { type Chance, Chance as Seeded, drawn, edited, emptyGrid, flatGrid, forSeeds } from './testGrids';

const FAR = { labels: [1, 2, 3], margin_mm: 99 };

function cut(grid: LabelGrid, images: readonly Float32Array[], options: Parameters<typeof prepareGrowCut>[2] = FAR) {
  const job = prepareGrowCut(grid, images, options);
  return growCutEdit(grid, job, runGrowCut(job));
}

describe('grow-cut', () => {
  it('spreads each label up to the edge of its own grey', () => {
    const image = Float32Array.from([...'5555999222'].map(Number));
    const grid = flatGrid(['1....2...3']);
    expect(drawn(edited(grid, cut(grid, [image])))).toEqual(['1111222333']);
  });

  it('gives what no image tells apart to the nearer seed in mm', () => {
    const grid = { ...emptyGrid([2, 9, 1], [9, 1, 1]) };
    grid.voxels[indexOf(grid.shape, [0, 0, 0])] = 1;
    grid.voxels[indexOf(grid.shape, [0, 8, 0])] = 2;
    grid.voxels[indexOf(grid.shape, [1, 4, 0])] = 3;
    // The third seed is 9 mm away from the first column: nothing there is nearer to it than to the others.
    const job = prepareGrowCut(grid, [], { labels: [1, 2, 3], margin_mm: 99 });
    // Of rows 0 and 8, unpainted voxels at the rim are background: without them, distance alone decides.
    const free = { ...job, seeds: job.seeds.map((label) => (label === 0 ? UNSEEDED : label)) };
    const labels = Array.from(runGrowCut(free)).filter((_, i) => i % 2 === 0);
    expect([labels.slice(0, 4), labels.slice(5)]).toEqual([[1, 1, 1, 1], [2, 2, 2, 2]]);
  });

  it('stops at the rim of its box, which is background, and never erases', () => {
    const grid = emptyGrid([9, 9, 9]);
    grid.voxels[indexOf(grid.shape, [4, 4, 4])] = 1;
    grid.voxels[indexOf(grid.shape, [4, 4, 2])] = 7;
    const image = Float32Array.from({ length: 729 }, (_, i) => {
      const [x, y, z] = [i % 9, Math.floor(i / 9) % 9, Math.floor(i / 81)];
      return Math.max(Math.abs(x - 4), Math.abs(y - 4), Math.abs(z - 4)) <= 1 ? 100 : 10;
    });
    const job = prepareGrowCut(grid, [image], { labels: [1], margin_mm: 3 });
    expect(job.box).toEqual({ low: [1, 1, 1], high: [7, 7, 7] });
    const after = edited(grid, growCutEdit(grid, job, runGrowCut(job)));
    const painted = Array.from(after.voxels.keys()).filter((i) => after.voxels[i] === 1);
    expect(painted).toEqual(Array.from(image.keys()).filter((i) => image[i] === 100));
    expect(after.voxels[indexOf(grid.shape, [4, 4, 2])]).toBe(7);
  });

  it('takes background marks, and honours the rules', () => {
    const image = Float32Array.from([...'0005555555000'].map(Number));
    const grid = flatGrid(['....1....3...']);
    const marked = cut(grid, [image], { labels: [1], background: [7], margin_mm: 5 });
    const row = drawn(edited(grid, marked))[0] ?? '';
    expect(row[7]).toBe('.');
    expect(row.slice(3, 6)).toBe('111');
    const job = prepareGrowCut(grid, [image], FAR);
    const locked = growCutEdit(grid, job, runGrowCut(job), { over: [] });
    expect(locked.start).toHaveLength(0);
  });

  it('uses every sequence: an edge in any of them counts', () => {
    const flat = new Float32Array(8).fill(3);
    const edge = Float32Array.from([...'11999999'].map(Number));
    const grid = flatGrid(['1......2']);
    expect(drawn(edited(grid, cut(grid, [flat, edge])))).toEqual(['11222222']);
  });

  it('ends where the cellular automaton ends', () => {
    forSeeds(12, (chance) => {
      const shape: Vec3 = [6, 5, 4];
      const grid = { ...emptyGrid(shape, [1, 1, 1]) };
      grid.voxels[indexOf(shape, [1, 1, 1])] = 1;
      grid.voxels[indexOf(shape, [4, 3, 2])] = 2;
      const image = Float32Array.from({ length: 120 }, (_, i) => (i % 6 < 3 ? 20 : 70) + chance.whole(0, 25));
      const job = prepareGrowCut(grid, [image], FAR);
      const labels = runGrowCut(job);
      const strengths = automaton(job.intensities[0] ?? image, job.seeds, shape);
      // The automaton knows no distance; where the winner is clear, both agree.
      labels.forEach((label, i) => {
        const own = strengths[label]?.[i] ?? 0;
        for (const other of strengths) expect(own).toBeGreaterThanOrEqual((other[i] ?? 0) * 0.9);
      });
    });
  });

  it('reports its progress, ever onwards to the end', () => {
    const grid = emptyGrid([20, 20, 20]);
    grid.voxels[indexOf(grid.shape, [10, 10, 10])] = 1;
    const shares: number[] = [];
    const chance: Chance = new Seeded(3);
    const image = Float32Array.from(grid.voxels, () => chance.next());
    runGrowCut(prepareGrowCut(grid, [image], FAR), (share) => shares.push(share));
    expect(shares.length).toBeGreaterThan(10);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
  });

  it('says what is missing', () => {
    const grid = emptyGrid([3, 3, 3]);
    expect(() => prepareGrowCut(grid, [], FAR)).toThrow(/no seed/);
    grid.voxels[13] = 1;
    expect(() => prepareGrowCut(grid, [new Int16Array(3)], FAR)).toThrow(ToolError);
    expect(() => prepareGrowCut(grid, [], { labels: [1, 255], margin_mm: 1 })).toThrow(/1 to 254/);
  });
});

/** The automaton itself, one run per label: the strength that each label's seeds have left at every voxel. */
function automaton(values: Float32Array, seeds: Uint8Array, shape: Vec3): Float64Array[] {
  const steps = [1, shape[0], shape[0] * shape[1]];
  return [0, 1, 2].map((label) => {
    const strength = Float64Array.from(seeds, (seed) => (seed === label ? 1 : 0));
    for (let changed = true; changed; ) {
      changed = false;
      for (let i = 0; i < strength.length; i += 1) {
        const place = [i % shape[0], Math.floor(i / shape[0]) % shape[1], Math.floor(i / (shape[0] * shape[1]))];
        steps.forEach((step, axis) => {
          for (const sign of [-1, 1]) {
            const along = (place[axis] ?? 0) + sign;
            const next = i + sign * step;
            if (along < 0 || along >= (shape[axis] ?? 0) || (seeds[i] !== UNSEEDED && seeds[i] !== label)) continue;
            const arriving = (strength[next] ?? 0) * (1 - Math.abs((values[i] ?? 0) - (values[next] ?? 0)));
            if (arriving <= (strength[i] ?? 0) + 1e-12) continue;
            strength[i] = arriving;
            changed = true;
          }
        });
      }
    }
    return strength;
  });
}
