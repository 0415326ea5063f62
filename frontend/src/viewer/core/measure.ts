/** Lengths on the patient. */
import type { Axis, Vec3 } from './affine';
import { type Volume, voxelToWorld } from './volume';

/** A straight line within a slice. */
export interface Ruler {
  readonly id: number;
  /** The voxel axis across the slice, and which slice. */
  readonly axis: Axis;
  readonly slice: number;
  /** In voxel indices, not rounded. */
  readonly from: Vec3;
  readonly to: Vec3;
}

/** Distance in mm between two places in voxel indices, on oblique grids too. */
export function distance_mm(volume: Volume, from: Vec3, to: Vec3): number {
  const [a, b] = [voxelToWorld(volume, from), voxelToWorld(volume, to)];
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}
