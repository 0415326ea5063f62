/** What every tool works on: a labelmap's grid, slices of it, and boxes in it. */
import type { Axis, Vec3 } from '../affine';
import { type PlaneGeometry, voxelIndex } from '../planes';
import { labelBits } from '../unsure';
import { type Labelmap, stridesOf, type VoxelArray, type VoxelBox } from '../volume';

/** A labelmap as the tools see it. */
export type LabelGrid = Pick<Labelmap, 'voxels' | 'shape' | 'spacing_mm' | 'marksUnsure'>;

/** A slice of the grid. Tools that take `SlicePlane | null` work in that slice, or in three dimensions. */
export interface SlicePlane {
  /** The voxel axis across the slice. */
  readonly axis: Axis;
  readonly slice: number;
}

/** The tool was asked for what cannot be done; the sentence says what to do instead. */
export class ToolError extends Error {
  override name = 'ToolError';
}

/** The two voxel axes of a slice, ascending. */
export function axesAcross(axis: Axis): readonly [Axis, Axis] {
  if (axis === 0) return [1, 2];
  return axis === 1 ? [0, 2] : [0, 1];
}

export function slicePlane(geometry: PlaneGeometry, crosshair: Vec3): SlicePlane {
  const { axis } = geometry.slice;
  return { axis, slice: crosshair[axis] };
}

/**
 * A pointer's place in voxel indices, not rounded: a voxel's centre is a whole number.
 *
 * @param position_mm in the slice, from its top left corner.
 */
export function pointInSlice(geometry: PlaneGeometry, position_mm: readonly [number, number], slice: number): Vec3 {
  const { column, row } = geometry;
  const point: [number, number, number] = [0, 0, 0];
  point[geometry.slice.axis] = slice;
  point[column.axis] = voxelIndex(column, position_mm[0] / column.spacing_mm - 0.5);
  point[row.axis] = voxelIndex(row, position_mm[1] / row.spacing_mm - 0.5);
  return point;
}

export function indexOf(shape: Vec3, voxel: Vec3): number {
  return voxel[0] + shape[0] * (voxel[1] + shape[1] * voxel[2]);
}

export function isInside(shape: Vec3, voxel: Vec3): boolean {
  return voxel.every((index, axis) => index >= 0 && index < (shape[axis] ?? 0));
}

export function roundVoxel(point: Vec3): Vec3 {
  // Adding 0 makes −0, which `Math.round(-0.3)` is, an index like any other.
  return [Math.round(point[0]) + 0, Math.round(point[1]) + 0, Math.round(point[2]) + 0];
}

/** The whole grid, or one slice of it. */
export function gridBox(shape: Vec3, plane: SlicePlane | null): VoxelBox {
  const low: [number, number, number] = [0, 0, 0];
  const high: [number, number, number] = [shape[0] - 1, shape[1] - 1, shape[2] - 1];
  if (plane) {
    requireSlice(shape, plane);
    low[plane.axis] = plane.slice;
    high[plane.axis] = plane.slice;
  }
  return { low, high };
}

/** A box around a voxel that reaches `radius_mm` along each axis, within another box. */
export function boxAround(box: VoxelBox, voxel: Vec3, radius_mm: number, spacing_mm: Vec3): VoxelBox {
  return widen({ low: voxel, high: voxel }, radius_mm, spacing_mm, box);
}

/** A box wider by a margin on all sides, within another box. */
export function widen(box: VoxelBox, margin_mm: number, spacing_mm: Vec3, within: VoxelBox): VoxelBox {
  const low = (axis: Axis) => Math.max(within.low[axis], box.low[axis] - Math.floor(margin_mm / spacing_mm[axis]));
  const high = (axis: Axis) => Math.min(within.high[axis], box.high[axis] + Math.floor(margin_mm / spacing_mm[axis]));
  return { low: [low(0), low(1), low(2)], high: [high(0), high(1), high(2)] };
}

/** Every voxel of a box, ascending. */
export function forEachInBox(shape: Vec3, { low, high }: VoxelBox, visit: (index: number) => void): void {
  for (let z = low[2]; z <= high[2]; z += 1) {
    for (let y = low[1]; y <= high[1]; y += 1) {
      const row = shape[0] * (y + shape[1] * z);
      for (let i = row + low[0]; i <= row + high[0]; i += 1) visit(i);
    }
  }
}

/** Smallest box around the voxels of a label within another box, or null without any. */
export function labelBox(grid: LabelGrid, label: number, within: VoxelBox): VoxelBox | null {
  const { voxels, shape } = grid;
  const bits = labelBits(grid);
  const isOther = (index: number) => ((voxels[index] ?? 0) & bits) !== label;
  const low: [number, number, number] = [...shape];
  const high: [number, number, number] = [-1, -1, -1];
  for (let z = within.low[2]; z <= within.high[2]; z += 1) {
    for (let y = within.low[1]; y <= within.high[1]; y += 1) {
      const row = shape[0] * (y + shape[1] * z);
      const end = row + within.high[0];
      let first = row + within.low[0];
      while (first <= end && isOther(first)) first += 1;
      if (first > end) continue;
      let last = end;
      while (isOther(last)) last -= 1;
      low[0] = Math.min(low[0], first - row);
      high[0] = Math.max(high[0], last - row);
      low[1] = Math.min(low[1], y);
      high[1] = Math.max(high[1], y);
      low[2] = Math.min(low[2], z);
      high[2] = z;
    }
  }
  return high[2] < 0 ? null : { low, high };
}

/** @throws ToolError when the image is on another grid. */
export function requireImage({ voxels }: LabelGrid, image: VoxelArray): void {
  if (image.length !== voxels.length) {
    throw new ToolError(
      `the image has ${image.length} voxels and the label map ${voxels.length}: choose a sequence on the case's own grid`,
    );
  }
}

/** @throws ToolError when the grid has no such slice. */
export function requireSlice(shape: Vec3, { axis, slice }: SlicePlane): void {
  if (!Number.isInteger(slice) || slice < 0 || slice >= shape[axis]) {
    throw new ToolError(`there is no slice ${slice}: along this axis the grid has slices 0 to ${shape[axis] - 1}`);
  }
}

/** Steps in the voxel array along the two axes of a slice, and where the slice begins. */
export function sliceSteps(shape: Vec3, { axis, slice }: SlicePlane) {
  const strides = stridesOf(shape);
  const [u, v] = axesAcross(axis);
  return {
    first: slice * strides[axis],
    width: shape[u],
    height: shape[v],
    stepU: strides[u],
    stepV: strides[v],
  };
}
