/** Contested regions: which are settled, and the way from one to the next. Pure. */
import { type Edit, forEachVoxel, type LabelScheme, type Volume, type VoxelBox } from '~/viewer';

import type { ContestedRegion } from './queries';

export type RegionState = ContestedRegion['state'];

/** An edit, as far as regions are concerned. */
export interface RegionStep {
  readonly edit_id: string;
  /** A rater's key or `fused` where the region was taken, empty for painting. */
  readonly source: string;
  /** The region that was taken. */
  readonly region: number | null;
  /** All in which a voxel changed. */
  readonly regions: readonly number[];
  readonly undoes: string | null;
}

export interface Settled {
  readonly state: Exclude<RegionState, 'open'>;
  /** From whom it was taken; empty for what was painted. */
  readonly source: string;
}

/** What the last edit in each region made of it; what was taken back counts no more. Regions that are open are absent. */
export function settledRegions(steps: readonly RegionStep[]): ReadonlyMap<number, Settled> {
  const undone = undoneSteps(steps);
  const settled = new Map<number, Settled>();
  for (const { edit_id, undoes, source, region, regions } of steps) {
    if (undoes !== null || undone.has(edit_id)) continue;
    for (const number of region === null ? regions : [region, ...regions]) {
      settled.set(number, number === region ? { state: 'taken', source } : { state: 'painted', source: '' });
    }
  }
  return settled;
}

/** The last word on an edit is its latest undo, or the redo of that. */
function undoneSteps(steps: readonly RegionStep[]): ReadonlySet<string> {
  const undone = new Set<string>();
  for (const { edit_id, undoes } of [...steps].reverse()) {
    if (undoes !== null && !undone.has(edit_id)) undone.add(undoes);
  }
  return undone;
}

/** The regions in which an edit changes a voxel, ascending. */
export function regionsOf(edit: Edit, map: Volume): number[] {
  const found = new Set<number>();
  forEachVoxel(edit, (i) => {
    const number = map.voxels[i] ?? 0;
    if (number > 0) found.add(number);
  });
  return [...found].sort((a, b) => a - b);
}

/**
 * The neighbour in the list, around its ends.
 *
 * @param admits those that come into question.
 * @returns null where there is none, or only the one itself.
 */
export function neighbour(
  count: number,
  current: number | null,
  direction: 1 | -1,
  admits: (number: number) => boolean = () => true,
): number | null {
  const start = current ?? (direction > 0 ? 0 : count + 1);
  for (let step = 1; step <= count; step += 1) {
    const number = 1 + ((((start - 1 + direction * step) % count) + count) % count);
    if (number !== current && admits(number)) return number;
  }
  return null;
}

/** A half-open box of the wire as one with both ends included. */
export function boxOf({ box }: Pick<ContestedRegion, 'box'>): VoxelBox {
  const end = (axis: number, side: 0 | 1) => (box[axis]?.[side] ?? 0) - side;
  return { low: [end(0, 0), end(1, 0), end(2, 0)], high: [end(0, 1), end(1, 1), end(2, 1)] };
}

/** Every voxel of a region, ascending. */
export function forEachVoxelOf(region: ContestedRegion, map: Volume, visit: (index: number) => void): void {
  const { low, high } = boxOf(region);
  const [nx, ny] = map.shape;
  for (let z = low[2]; z <= high[2]; z += 1) {
    for (let y = low[1]; y <= high[1]; y += 1) {
      const row = (z * ny + y) * nx;
      for (let i = row + low[0]; i <= row + high[0]; i += 1) if (map.voxels[i] === region.number) visit(i);
    }
  }
}

/** The labels between which to choose, the commonest among all sources first; whether there is anything comes last. */
export function asked({ question, labels }: Pick<ContestedRegion, 'question' | 'labels'>): readonly number[] {
  const votes = (label: number) => Object.values(labels).reduce((sum, said) => sum + (said[String(label)] ?? 0), 0);
  return [...question].sort((a, b) => Number(a === 0) - Number(b === 0) || votes(b) - votes(a) || a - b);
}

export function labelName({ labels }: Pick<LabelScheme, 'labels'>, label: number): string {
  return labels.find(({ value }) => value === label)?.name ?? String(label);
}

/** What a source says of a region, the most voxels first. */
export function opinion(region: ContestedRegion, source: string): readonly { readonly label: number; readonly voxels: number }[] {
  return Object.entries(region.labels[source] ?? {})
    .map(([label, voxels]) => ({ label: Number(label), voxels }))
    .sort((a, b) => b.voxels - a.voxels);
}
