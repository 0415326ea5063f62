/**
 * Keeping regions consistent while painting. Regions nest: one lies in another where its labels are a proper subset.
 * From that alone follows what a region may enclose:
 *
 * - The innermost region may be a ring, as enhancing tumour is around necrosis; what it encloses belongs to the
 *   smallest region around it (enclosed by enhancing is core).
 * - A region between others is solid: what it encloses belongs to itself (enclosed by core is core, whichever of its
 *   labels make the ring).
 * - The outermost region may enclose what is no tumour, such as a ventricle within edema.
 *
 * Painting a label of a region therefore fills what its ring has come to enclose and may not, in the slice or in three
 * dimensions as the tool works, with the label that the region to be filled has of its own: the first in the scheme's
 * order that lies in no region within it. What one paints oneself is never changed, nor are enclosed parts that the
 * stroke does not touch; erasing closes nothing.
 */
import { AXES } from './affine';
import { type Edit, EditDraft, forEachVoxel, NO_EDIT } from './edits';
import type { LabelScheme, Region } from './labels';
import { SparseVoxels } from './sparse';
import { sidesOf } from './tools/cleanup';
import { Flood } from './tools/flood';
import { gridBox, type LabelGrid, labelBox, type SlicePlane } from './tools/grid';
import { admission, type PaintRules } from './tools/rules';
import { labelBits } from './unsure';
import { stridesOf, type VoxelBox } from './volume';

export interface RingRule {
  /** Labels that enclose. */
  readonly ring: readonly number[];
  /** Labels that may be enclosed. */
  readonly inside: readonly number[];
  /** What everything else enclosed becomes. */
  readonly label: number;
}

/** What follows from a scheme's regions, the innermost first; none where no region lies in another. */
export function ringRules(scheme: LabelScheme): RingRule[] {
  const regions = scheme.regions.filter(({ labels }) => labels.length > 0);
  return [...regions]
    .sort((a, b) => a.labels.length - b.labels.length)
    .flatMap((region) => {
      const around = regions
        .filter((other) => liesIn(region, other))
        .sort((a, b) => a.labels.length - b.labels.length)[0];
      if (!around) return [];
      const filled = regions.some((other) => liesIn(other, region)) ? region : around;
      const label = ownLabel(scheme, filled);
      return label === null ? [] : [{ ring: region.labels, inside: filled.labels, label }];
    });
}

function liesIn(inner: Region, outer: Region): boolean {
  const labels = new Set(outer.labels);
  return labels.size > new Set(inner.labels).size && inner.labels.every((label) => labels.has(label));
}

/** A region's first label that lies in no region within it, or null where those make up all of it. */
export function ownLabel(scheme: LabelScheme, region: Region): number | null {
  const within = new Set(scheme.regions.filter((other) => liesIn(other, region)).flatMap(({ labels }) => labels));
  return scheme.labels.find(({ value }) => region.labels.includes(value) && !within.has(value))?.value ?? null;
}

export interface ClosingOptions {
  readonly rules: readonly RingRule[];
  /** What was painted. */
  readonly label: number;
  /** Enclosed within this slice; on all sides where null. */
  readonly plane: SlicePlane | null;
  /** What painting has to leave alone. */
  readonly paint?: PaintRules;
}

/**
 * What has to follow an edit so that regions stay consistent.
 *
 * @param grid with the edit applied; it is not changed.
 */
export function closeRegions(grid: LabelGrid, edit: Edit, { rules, label, plane, paint }: ClosingOptions): Edit {
  const painted = rules.filter(({ ring }) => ring.includes(label));
  if (painted.length === 0 || edit.start.length === 0) return NO_EDIT;
  const bits = labelBits(grid);
  const admits = admission(grid, paint);
  const draft = new EditDraft(grid.voxels);
  const filled = new SparseVoxels(grid.voxels.length);
  for (const rule of painted) {
    for (const index of enclosedBeside(grid, edit, rule.ring, plane)) {
      const old = grid.voxels[index] ?? 0;
      if (rule.inside.includes(old & bits) || filled.has(index) || !admits(index, old)) continue;
      filled.set(index, rule.label);
      draft.set(index, rule.label);
    }
  }
  return draft.toEdit();
}

/** Voxels that a set of labels encloses, of those parts that an edit touches. */
function enclosedBeside(grid: LabelGrid, edit: Edit, ring: readonly number[], plane: SlicePlane | null): Uint32Array {
  const { voxels, shape } = grid;
  const bits = labelBits(grid);
  const box = boxOf(grid, ring, gridBox(shape, plane));
  if (!box) return new Uint32Array();
  const isRing = new Uint8Array(256);
  for (const label of ring) isRing[label] = 1;
  const isOther = (index: number) => isRing[(voxels[index] ?? 0) & bits] === 0;
  const outside = new Flood(shape, box, 'faces');
  outside.from(sidesOf(shape, box, plane), isOther);
  const beside = neighboursOf(edit, grid, box);
  return new Flood(shape, box, 'faces').from(beside, (index) => isOther(index) && !outside.hasReached(index));
}

/** Smallest box around several labels within another box, or null without any. */
function boxOf(grid: LabelGrid, labels: readonly number[], within: VoxelBox): VoxelBox | null {
  const boxes = labels.flatMap((label) => labelBox(grid, label, within) ?? []);
  if (boxes.length === 0) return null;
  const low = (axis: 0 | 1 | 2) => Math.min(...boxes.map((box) => box.low[axis]));
  const high = (axis: 0 | 1 | 2) => Math.max(...boxes.map((box) => box.high[axis]));
  return { low: [low(0), low(1), low(2)], high: [high(0), high(1), high(2)] };
}

/** Voxels of a box that share a face with a voxel of the edit. */
function neighboursOf(edit: Edit, { shape }: LabelGrid, { low, high }: VoxelBox): Set<number> {
  const strides = stridesOf(shape);
  const found = new Set<number>();
  forEachVoxel(edit, (index) => {
    const voxel = [index % shape[0], Math.floor(index / strides[1]) % shape[1], Math.floor(index / strides[2])] as const;
    const isWithin = (axis: 0 | 1 | 2, at: number) => at >= low[axis] && at <= high[axis];
    for (const axis of AXES) {
      if (AXES.some((other) => other !== axis && !isWithin(other, voxel[other]))) continue;
      for (const step of [-1, 1]) if (isWithin(axis, voxel[axis] + step)) found.add(index + step * strides[axis]);
    }
  });
  return found;
}
