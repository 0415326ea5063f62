/** Cleaning up a label: fill its holes, remove its islands. */
import { AXES, type Vec3 } from '../affine';
import { type Edit, EditDraft, NO_EDIT } from '../edits';
import { labelBits } from '../unsure';
import { stridesOf, type VoxelBox, voxelVolume_ml } from '../volume';
import { type Connectivity, Flood } from './flood';
import { forEachInBox, gridBox, isInside, labelBox, type LabelGrid, type SlicePlane } from './grid';
import { admission, type PaintRules } from './rules';

export interface HoleOptions {
  /** Holes of the label within this slice; enclosed on all sides where null. */
  readonly plane: SlicePlane | null;
  readonly label: number;
  /** Fill other labels that lie in a hole too, such as core in edema; only background otherwise. */
  readonly overLabels?: boolean;
  readonly rules?: PaintRules;
}

/**
 * Give a label to what it encloses: voxels from which no path over faces leads out of it. What touches the rim of
 * the grid (or slice) is not enclosed.
 */
export function fillHoles(grid: LabelGrid, { plane, label, overLabels = false, rules }: HoleOptions): Edit {
  const { voxels, shape } = grid;
  const box = labelBox(grid, label, gridBox(shape, plane));
  if (!box) return NO_EDIT;
  // The way out of the label's box is free: who reaches a side of the box is outside.
  const flood = new Flood(shape, box, 'faces');
  const bits = labelBits(grid);
  flood.from(sidesOf(shape, box, plane), (index) => ((voxels[index] ?? 0) & bits) !== label);
  const admits = admission(grid, rules);
  const draft = new EditDraft(voxels);
  forEachInBox(shape, box, (index) => {
    const old = (voxels[index] ?? 0) & bits;
    if (old === label || flood.hasReached(index)) return;
    if ((overLabels || old === 0) && admits(index, old)) draft.set(index, label);
  });
  return draft.toEdit();
}

/** The voxels on the sides of a box; in a slice, on its four edges. */
export function sidesOf(shape: Vec3, box: VoxelBox, plane: SlicePlane | null): number[] {
  const sides: number[] = [];
  for (const axis of AXES) {
    if (axis === plane?.axis) continue;
    for (const end of [box.low[axis], box.high[axis]]) {
      const low: [number, number, number] = [...box.low];
      const high: [number, number, number] = [...box.high];
      low[axis] = end;
      high[axis] = end;
      forEachInBox(shape, { low, high }, (index) => sides.push(index));
    }
  }
  return sides;
}

/** Which components of a label stay. */
export type Keep =
  | { readonly kind: 'largest' }
  | { readonly kind: 'voxels'; readonly least: number }
  | { readonly kind: 'volume'; readonly least_mm3: number };

export interface IslandOptions {
  readonly plane: SlicePlane | null;
  readonly label: number;
  readonly keep: Keep;
  readonly connectivity?: Connectivity;
  /** An island becomes background, or takes the label that most of the voxels at its faces have. */
  readonly becomes?: 'background' | 'surroundings';
  readonly rules?: PaintRules;
}

/** Remove the components of a label that are too small; of equally large ones the first in voxel order stays. */
export function removeIslands(grid: LabelGrid, options: IslandOptions): Edit {
  const { plane, label, keep, connectivity = 'corners', becomes = 'background', rules } = options;
  const { voxels, shape } = grid;
  const whole = gridBox(shape, plane);
  const admits = admission(grid, rules);
  const draft = new EditDraft(voxels);
  const components = componentsOf(grid, label, whole, connectivity);
  for (const island of islandsAmong(components, keep, 1000 * voxelVolume_ml(grid.spacing_mm))) {
    const replacement = becomes === 'background' ? 0 : surroundingLabel(grid, island, label, whole);
    island.forEach((index) => {
      if (admits(index, label)) draft.set(index, replacement);
    });
  }
  return draft.toEdit();
}

/** Connected components of a label in a box, each with its voxels; by their first voxel, ascending. */
export function componentsOf(
  grid: LabelGrid,
  label: number,
  within: VoxelBox,
  connectivity: Connectivity,
): Uint32Array[] {
  const { voxels, shape } = grid;
  const box = labelBox(grid, label, within);
  if (!box) return [];
  const flood = new Flood(shape, box, connectivity);
  const components: Uint32Array[] = [];
  const bits = labelBits(grid);
  const isLabel = (index: number) => ((voxels[index] ?? 0) & bits) === label;
  forEachInBox(shape, box, (index) => {
    if (isLabel(index) && !flood.hasReached(index)) components.push(flood.from([index], isLabel));
  });
  return components;
}

function islandsAmong(components: readonly Uint32Array[], keep: Keep, voxel_mm3: number): readonly Uint32Array[] {
  switch (keep.kind) {
    case 'largest': {
      const largest = components.reduce((most, { length }) => Math.max(most, length), 0);
      const kept = components.find(({ length }) => length === largest);
      return components.filter((component) => component !== kept);
    }
    case 'voxels':
      return components.filter(({ length }) => length < keep.least);
    case 'volume':
      // A component of exactly the least volume stays, whatever the rounding.
      return components.filter(({ length }) => length * voxel_mm3 < keep.least_mm3 * (1 - 1e-9));
  }
}

/** The most frequent other label at the faces of a component, ties to the lower label; 0 where it has no neighbour. */
export function surroundingLabel(grid: LabelGrid, component: Uint32Array, label: number, within: VoxelBox): number {
  const { voxels, shape } = grid;
  const bits = labelBits(grid);
  const counts = new Uint32Array(256);
  const strides = stridesOf(shape);
  const [nx, ny] = shape;
  for (const index of component) {
    const voxel: Vec3 = [index % nx, Math.floor(index / nx) % ny, Math.floor(index / (nx * ny))];
    for (const axis of AXES) {
      if (within.low[axis] === within.high[axis]) continue;
      for (const sign of [-1, 1]) {
        const beside: [number, number, number] = [...voxel];
        beside[axis] += sign;
        const other = (voxels[index + sign * strides[axis]] ?? label) & bits;
        if (isInside(shape, beside) && other !== label) counts[other] = (counts[other] ?? 0) + 1;
      }
    }
  }
  return counts.indexOf(Math.max(...counts));
}
