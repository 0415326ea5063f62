import { applyAffine, AXES, type Affine, type Axis, orientationCode, spacingOf, type Vec3 } from './affine';
import type { MarksUnsure } from './unsure';

export type VoxelArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/** A 3-D image in native NIfTI voxel order: x fastest, then y, then z. */
export interface Volume<T extends VoxelArray = VoxelArray> {
  readonly voxels: T;
  readonly shape: Vec3;
  readonly affine: Affine;
  readonly spacing_mm: Vec3;
  /** Such as `LPS`: the side towards which each voxel index grows. */
  readonly orientation: string;
}

/** Whole labels 0–255, 0 being background; bit 7 may say that the rater is unsure. */
export interface Labelmap extends Volume<Uint8Array>, MarksUnsure {}

/** The file's voxels cannot serve as labels. */
export class LabelmapError extends Error {
  override name = 'LabelmapError';
}

export function makeVolume<T extends VoxelArray>(voxels: T, shape: Vec3, affine: Affine): Volume<T> {
  return { voxels, shape, affine, spacing_mm: spacingOf(affine), orientation: orientationCode(affine) };
}

/** Distance in the voxel array between neighbours along each axis. */
export function stridesOf(shape: Vec3): Vec3 {
  return [1, shape[0], shape[0] * shape[1]];
}

/** Value at a voxel, or null outside the grid. */
export function valueAt(volume: Volume, voxel: Vec3): number | null {
  const { shape } = volume;
  if (AXES.some((axis) => voxel[axis] < 0 || voxel[axis] >= shape[axis])) return null;
  const strides = stridesOf(shape);
  return volume.voxels[voxel[0] * strides[0] + voxel[1] * strides[1] + voxel[2] * strides[2]] ?? null;
}

export function clampVoxel(shape: Vec3, voxel: Vec3): Vec3 {
  const clamp = (axis: Axis) => Math.min(shape[axis] - 1, Math.max(0, Math.round(voxel[axis])));
  return [clamp(0), clamp(1), clamp(2)];
}

/** World position of a voxel's centre, RAS+ mm. */
export function voxelToWorld(volume: Volume, voxel: Vec3): Vec3 {
  return applyAffine(volume.affine, voxel);
}

export function voxelVolume_ml(spacing_mm: Vec3): number {
  return (spacing_mm[0] * spacing_mm[1] * spacing_mm[2]) / 1000;
}

/**
 * The same grid with its values as labels.
 *
 * @throws LabelmapError when a value is not a whole number from 0 to 255.
 */
export function toLabelmap(volume: Volume): Labelmap {
  const { voxels } = volume;
  if (voxels instanceof Uint8Array) return { ...volume, voxels };
  const labels = new Uint8Array(voxels.length);
  for (let i = 0; i < voxels.length; i += 1) {
    const value = voxels[i] ?? 0;
    labels[i] = value;
    if (labels[i] !== value) {
      throw new LabelmapError(`value ${value} is not a label: a label map holds whole numbers from 0 to 255`);
    }
  }
  return { ...volume, voxels: labels };
}

/** A sentence that says how two grids differ, or null when they are the same (positions to 0.01 mm). */
export function gridDifference(volume: Volume, reference: Volume): string | null {
  const text = (shape: Vec3) => shape.join('×');
  if (AXES.some((axis) => volume.shape[axis] !== reference.shape[axis])) {
    return `its grid ${text(volume.shape)} differs from the case's ${text(reference.shape)}`;
  }
  const last: Vec3 = [reference.shape[0] - 1, reference.shape[1] - 1, reference.shape[2] - 1];
  const corners: Vec3[] = [[0, 0, 0], [last[0], 0, 0], [0, last[1], 0], [0, 0, last[2]]];
  const shift_mm = Math.max(
    ...corners.map((corner) => {
      const [a, b] = [voxelToWorld(volume, corner), voxelToWorld(reference, corner)];
      return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
    }),
  );
  if (shift_mm <= 0.01) return null;
  return `it lies up to ${shift_mm.toFixed(2)} mm away from the case's images`;
}

/** Voxel indices, both ends included, along each axis. */
export interface VoxelBox {
  readonly low: Vec3;
  readonly high: Vec3;
}

/** Smallest box around the non-zero voxels (the head, where the background is stripped); the whole grid without any. */
export function contentBox({ voxels, shape }: Pick<Volume, 'voxels' | 'shape'>): VoxelBox {
  const low: [number, number, number] = [...shape];
  const high: [number, number, number] = [-1, -1, -1];
  const [nx, ny, nz] = shape;
  for (let z = 0, row = 0; z < nz; z += 1) {
    for (let y = 0; y < ny; y += 1, row += nx) {
      const first = firstNonzero(voxels, row, row + nx);
      if (first < 0) continue;
      let last = row + nx - 1;
      while (voxels[last] === 0) last -= 1;
      low[0] = Math.min(low[0], first - row);
      high[0] = Math.max(high[0], last - row);
      low[1] = Math.min(low[1], y);
      high[1] = Math.max(high[1], y);
      low[2] = Math.min(low[2], z);
      high[2] = z;
    }
  }
  return high[2] < 0 ? { low: [0, 0, 0], high: [nx - 1, ny - 1, nz - 1] } : { low, high };
}

function firstNonzero(voxels: VoxelArray, from: number, to: number): number {
  for (let i = from; i < to; i += 1) if (voxels[i] !== 0) return i;
  return -1;
}
