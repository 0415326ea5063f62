/**
 * Anatomical planes on any voxel grid, in radiological convention: patient right on screen left in axial and
 * coronal, anterior on screen left in sagittal; anterior or superior on top.
 */
import { AXES, type Axis, axisDirections, type AxisDirection, directionLetter, type Vec3 } from './affine';
import type { Volume, VoxelBox } from './volume';

export type Plane = 'axial' | 'coronal' | 'sagittal';
export const PLANES: readonly Plane[] = ['axial', 'coronal', 'sagittal'];

/** A voxel axis as the screen runs along it. */
export interface DisplayAxis {
  readonly axis: Axis;
  /** The voxel index falls where the display index grows. */
  readonly flipped: boolean;
  readonly length: number;
  readonly spacing_mm: number;
}

export interface PlaneGeometry {
  readonly plane: Plane;
  /** Runs to the right of the screen. */
  readonly column: DisplayAxis;
  /** Runs down the screen. */
  readonly row: DisplayAxis;
  /** Runs towards superior (axial), anterior (coronal) or patient left (sagittal). */
  readonly slice: DisplayAxis;
  /** What a fitted view shows, in mm from the slice's top left corner; the same for all slices. */
  readonly focus_mm: { readonly left: number; readonly top: number; readonly width: number; readonly height: number };
  /** Side of the body at each edge of the pane. */
  readonly edges: { readonly left: string; readonly right: string; readonly top: string; readonly bottom: string };
}

type Direction = AxisDirection;

const towards = (world: Axis, sign: 1 | -1): Direction => ({ world, sign });

const SCREEN: Readonly<Record<Plane, { column: Direction; row: Direction; slice: Direction }>> = {
  axial: { column: towards(0, -1), row: towards(1, -1), slice: towards(2, 1) },
  coronal: { column: towards(0, -1), row: towards(2, -1), slice: towards(1, 1) },
  sagittal: { column: towards(1, -1), row: towards(2, -1), slice: towards(0, -1) },
};

/**
 * How a plane lies on a grid. For an oblique grid, the nearest voxel axes stand for the anatomical ones.
 *
 * @param focus what a fitted view shows; the whole grid where not given.
 */
export function planeGeometry(volume: Volume, plane: Plane, focus: VoxelBox = wholeGrid(volume)): PlaneGeometry {
  const directions = axisDirections(volume.affine);
  const display = (wanted: Direction): DisplayAxis => {
    const axis = AXES.find((candidate) => directions[candidate].world === wanted.world) ?? 0;
    return {
      axis,
      flipped: directions[axis].sign !== wanted.sign,
      length: volume.shape[axis],
      spacing_mm: volume.spacing_mm[axis],
    };
  };
  const { column, row, slice } = SCREEN[plane];
  const [columnAxis, rowAxis] = [display(column), display(row)];
  const [left, width] = spanOf(columnAxis, focus);
  const [top, height] = spanOf(rowAxis, focus);
  return {
    plane,
    column: columnAxis,
    row: rowAxis,
    slice: display(slice),
    focus_mm: { left, top, width, height },
    edges: {
      left: oppositeLetter(column),
      right: directionLetter(column.world, column.sign),
      top: oppositeLetter(row),
      bottom: directionLetter(row.world, row.sign),
    },
  };
}

function wholeGrid({ shape }: Volume): VoxelBox {
  return { low: [0, 0, 0], high: [shape[0] - 1, shape[1] - 1, shape[2] - 1] };
}

/** Start and length in mm of a box along a display axis. */
function spanOf({ axis, flipped, length, spacing_mm }: DisplayAxis, { low, high }: VoxelBox): readonly [number, number] {
  const start = flipped ? length - 1 - high[axis] : low[axis];
  return [start * spacing_mm, (high[axis] - low[axis] + 1) * spacing_mm];
}

function oppositeLetter({ world, sign }: Direction): string {
  return directionLetter(world, sign === 1 ? -1 : 1);
}

/** Width and height of the whole slice in mm. */
export function planeSize_mm({ column, row }: PlaneGeometry): readonly [number, number] {
  return [column.length * column.spacing_mm, row.length * row.spacing_mm];
}

/** Position of a voxel's centre in the slice, in mm from its top left corner. */
export function voxelToPlane_mm({ column, row }: PlaneGeometry, voxel: Vec3): readonly [number, number] {
  return [(displayIndex(column, voxel) + 0.5) * column.spacing_mm, (displayIndex(row, voxel) + 0.5) * row.spacing_mm];
}

/** The voxel of a slice under a position in mm from its top left corner; it may lie outside the grid. */
export function planeToVoxel(geometry: PlaneGeometry, position_mm: readonly [number, number], slice: number): Vec3 {
  const { column, row } = geometry;
  const voxel: [number, number, number] = [0, 0, 0];
  voxel[geometry.slice.axis] = slice;
  voxel[column.axis] = voxelIndex(column, Math.floor(position_mm[0] / column.spacing_mm));
  voxel[row.axis] = voxelIndex(row, Math.floor(position_mm[1] / row.spacing_mm));
  return voxel;
}

/** Display index ↔ voxel index; its own inverse. */
export function voxelIndex({ flipped, length }: DisplayAxis, index: number): number {
  return flipped ? length - 1 - index : index;
}

function displayIndex(display: DisplayAxis, voxel: Vec3): number {
  return voxelIndex(display, voxel[display.axis]);
}
