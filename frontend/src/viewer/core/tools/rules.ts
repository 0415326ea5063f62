/** Which voxels a tool may change. The same rules hold for every tool. */
import type { LabelScheme, Region } from '../labels';
import { labelBits } from '../unsure';
import type { VoxelArray } from '../volume';
import { type LabelGrid, requireImage } from './grid';

export interface PaintRules {
  /** Paint over these labels only, 0 being background. */
  readonly over?: readonly number[];
  /** Labels that nothing changes. */
  readonly locked?: readonly number[];
  /** Stay within these labels, so that what nests stays nested: a region's labels. */
  readonly inside?: readonly number[];
  /** Paint only where an image lies in a range, both ends included. */
  readonly range?: { readonly image: VoxelArray; readonly low: number; readonly high: number };
}

/** Whether a voxel may change, by its index and what it holds. */
export type Admits = (index: number, old: number) => boolean;

/** @throws ToolError when the range's image is on another grid. */
export function admission(grid: LabelGrid, rules: PaintRules = {}): Admits {
  const open = new Uint8Array(256).fill(1);
  for (const allowed of [rules.over, rules.inside]) {
    if (!allowed) continue;
    const set = new Set(allowed);
    open.forEach((_, label) => {
      if (!set.has(label)) open[label] = 0;
    });
  }
  for (const label of rules.locked ?? []) open[label] = 0;
  // Rules are about labels, whether sure or not.
  const bits = labelBits(grid);
  open.forEach((_, old) => {
    open[old] = open[old & bits] ?? 0;
  });
  if (!rules.range) return (_, old) => open[old] === 1;
  const { image, low, high } = rules.range;
  requireImage(grid, image);
  return (index, old) => {
    const value = image[index] ?? Number.NaN;
    return open[old] === 1 && value >= low && value <= high;
  };
}

/**
 * What erasing a region leaves: the label of the next region around it, where that has exactly one label more
 * (erased core leaves edema), else background.
 */
export function labelAround(scheme: LabelScheme, region: Region): number {
  const inner = new Set(region.labels);
  const around = scheme.regions
    .filter(({ labels }) => labels.length > inner.size && region.labels.every((label) => labels.includes(label)))
    .sort((a, b) => a.labels.length - b.labels.length)[0];
  const rest = around?.labels.filter((label) => !inner.has(label)) ?? [];
  return rest.length === 1 ? (rest[0] ?? 0) : 0;
}
