/** Small labelmaps and seeded chance for the tools' tests. */
import type { Axis, Vec3 } from '../affine';
import { applyEdit, type Edit } from '../edits';
import { stridesOf } from '../volume';
import { axesAcross, type LabelGrid } from './grid';

export function emptyGrid(shape: Vec3, spacing_mm: Vec3 = [1, 1, 1]): LabelGrid {
  return { voxels: new Uint8Array(shape[0] * shape[1] * shape[2]), shape, spacing_mm };
}

/** A grid of one slice from rows of digits; '.' is background. */
export function flatGrid(rows: readonly string[], spacing_mm: Vec3 = [1, 1, 1]): LabelGrid {
  return stack([rows], 2, spacing_mm);
}

/** Slices of rows of digits, stacked along a voxel axis; '.' is background. */
export function stack(slices: readonly (readonly string[])[], axis: Axis, spacing_mm: Vec3 = [1, 1, 1]): LabelGrid {
  const [u, v] = axesAcross(axis);
  const shape: [number, number, number] = [0, 0, 0];
  shape[u] = slices[0]?.[0]?.length ?? 0;
  shape[v] = slices[0]?.length ?? 0;
  shape[axis] = slices.length;
  const grid = emptyGrid(shape, spacing_mm);
  const strides = stridesOf(shape);
  slices.forEach((rows, k) =>
    rows.forEach((row, j) =>
      [...row].forEach((character, i) => {
        grid.voxels[i * strides[u] + j * strides[v] + k * strides[axis]] = character === '.' ? 0 : Number(character);
      }),
    ),
  );
  return grid;
}

/** A slice as rows of digits. */
export function drawn({ voxels, shape }: LabelGrid, axis: Axis = 2, slice = 0): string[] {
  const [u, v] = axesAcross(axis);
  const strides = stridesOf(shape);
  return Array.from({ length: shape[v] }, (_, j) =>
    Array.from({ length: shape[u] }, (__, i) => voxels[i * strides[u] + j * strides[v] + slice * strides[axis]] || '.').join(''),
  );
}

/** The grid after an edit; the grid itself must not have changed, which `applyEdit` holds the edit to. */
export function edited(grid: LabelGrid, edit: Edit): LabelGrid {
  const voxels = grid.voxels.slice();
  applyEdit(voxels, edit);
  return { ...grid, voxels };
}

/** A repeatable source of chance (mulberry32). */
export class Chance {
  constructor(private state: number) {}

  /** From 0 up to, not including, 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  /** A labelmap in which neighbours are often alike. */
  labelmap(length: number, labels = 4): Uint8Array {
    let label = 0;
    return Uint8Array.from({ length }, () => (label = this.next() < 0.4 ? this.whole(0, labels) : label));
  }
}

/** Run a property on many seeds; the failing seed is in the error. */
export function forSeeds(count: number, property: (chance: Chance) => void): void {
  for (let seed = 1; seed <= count; seed += 1) {
    try {
      property(new Chance(seed));
    } catch (error) {
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
}
