/** Which slices of a labelmap that is painted in place have changed, so that only those are drawn again. */
import { AXES, type Axis, type Vec3 } from './affine';
import type { VoxelBox } from './volume';

export class LabelChanges {
  /** Grows with every change. */
  revision = 0;
  /** The last revision that touched each slice, along each voxel axis. */
  private readonly slices: readonly [Uint32Array, Uint32Array, Uint32Array];

  constructor(shape: Vec3) {
    this.slices = [new Uint32Array(shape[0]), new Uint32Array(shape[1]), new Uint32Array(shape[2])];
  }

  touch({ low, high }: VoxelBox): void {
    this.revision += 1;
    for (const axis of AXES) this.slices[axis].fill(this.revision, low[axis], high[axis] + 1);
  }

  revisionOf(axis: Axis, slice: number): number {
    return this.slices[axis][slice] ?? 0;
  }

  /** The box around all that was touched after a revision; null when nothing was. */
  changedSince(revision: number): VoxelBox | null {
    if (revision >= this.revision) return null;
    const first = (axis: Axis) => this.slices[axis].findIndex((touched) => touched > revision);
    const last = (axis: Axis) => this.slices[axis].findLastIndex((touched) => touched > revision);
    return { low: [first(0), first(1), first(2)], high: [last(0), last(1), last(2)] };
  }
}
