/** From one voxel outwards: fill what has the same label, or grow through similar intensities. */
import type { Vec3 } from '../affine';
import { type Edit, EditDraft, NO_EDIT } from '../edits';
import { labelBits } from '../unsure';
import type { VoxelArray } from '../volume';
import { type Connectivity, Flood } from './flood';
import { boxAround, gridBox, indexOf, isInside, type LabelGrid, requireImage, roundVoxel, type SlicePlane } from './grid';
import { admission, type PaintRules } from './rules';

export interface FillOptions {
  /** Within this slice, or in three dimensions where null. */
  readonly plane: SlicePlane | null;
  readonly label: number;
  readonly connectivity?: Connectivity;
  readonly rules?: PaintRules;
}

/**
 * Give a label to the connected voxels that have the seed's label.
 *
 * @param at in voxel indices; outside the grid nothing is filled.
 */
export function floodFill(grid: LabelGrid, at: Vec3, options: FillOptions): Edit {
  const { voxels, shape } = grid;
  const seed = roundVoxel(at);
  if (!isInside(shape, seed)) return NO_EDIT;
  const bits = labelBits(grid);
  const labelAt = (index: number) => (voxels[index] ?? 0) & bits;
  const replaced = labelAt(indexOf(shape, seed));
  return grow(grid, seed, options, Infinity, (index) => labelAt(index) === replaced);
}

export interface GrowOptions extends FillOptions {
  readonly image: VoxelArray;
  /** How far an intensity may lie from that of the seed, in the image's unit. */
  readonly tolerance: number;
  /** Farthest from the seed that it may grow. */
  readonly radius_mm: number;
}

/**
 * Click to grow: a label for the connected voxels around the seed whose intensity is like its own.
 *
 * @param at in voxel indices; outside the grid nothing grows.
 * @throws ToolError when the image is on another grid.
 */
export function growFromSeed(grid: LabelGrid, at: Vec3, options: GrowOptions): Edit {
  requireImage(grid, options.image);
  const seed = roundVoxel(at);
  if (!isInside(grid.shape, seed)) return NO_EDIT;
  const { image, tolerance, radius_mm } = options;
  const centre = image[indexOf(grid.shape, seed)] ?? Number.NaN;
  return grow(grid, seed, options, radius_mm, (index) => Math.abs((image[index] ?? Number.NaN) - centre) <= tolerance);
}

/** Voxels that may not change are a barrier, but those that have the label already are passed through. */
function grow(
  grid: LabelGrid,
  seed: Vec3,
  { plane, label, connectivity = 'faces', rules }: FillOptions,
  radius_mm: number,
  isAlike: (index: number) => boolean,
): Edit {
  const { voxels, shape, spacing_mm } = grid;
  const inPlane: [number, number, number] = [...seed];
  if (plane) inPlane[plane.axis] = plane.slice;
  const whole = gridBox(shape, plane);
  const box = radius_mm === Infinity ? whole : boxAround(whole, inPlane, radius_mm, spacing_mm);
  const isNear = nearness(shape, spacing_mm, inPlane, radius_mm);
  const admits = admission(grid, rules);
  const bits = labelBits(grid);
  const reached = new Flood(shape, box, connectivity).from([indexOf(shape, inPlane)], (index) => {
    const old = voxels[index] ?? 0;
    return isAlike(index) && ((old & bits) === label || admits(index, old)) && isNear(index);
  });
  const draft = new EditDraft(voxels);
  reached.forEach((index) => draft.set(index, label));
  return draft.toEdit();
}

function nearness(shape: Vec3, spacing_mm: Vec3, centre: Vec3, radius_mm: number): (index: number) => boolean {
  if (radius_mm === Infinity) return () => true;
  const [nx, ny] = shape;
  const most = radius_mm * radius_mm * (1 + 1e-9);
  return (index) => {
    const x = (index % nx) - centre[0];
    const y = (Math.floor(index / nx) % ny) - centre[1];
    const z = Math.floor(index / (nx * ny)) - centre[2];
    return (x * spacing_mm[0]) ** 2 + (y * spacing_mm[1]) ** 2 + (z * spacing_mm[2]) ** 2 <= most;
  };
}
