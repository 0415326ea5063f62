/** What a labelmap holds: schemes, counts, extents, colours. */
import type { Axis, Vec3 } from './affine';
import { type Edit, forEachVoxel } from './edits';
import type { Palette } from './slices';
import { labelBits, UNSURE } from './unsure';
import { type Labelmap, stridesOf, voxelVolume_ml } from './volume';

export interface Label {
  readonly value: number;
  readonly name: string;
  /** CSS hex colour, such as `#e5484d`. */
  readonly color: string;
}

export interface Region {
  readonly key: string;
  readonly name: string;
  readonly labels: readonly number[];
}

export interface LabelScheme {
  readonly labels: readonly Label[];
  readonly regions: readonly Region[];
}

export interface LabelStatistics {
  /** From `labelBits`: what of a voxel is its label. */
  readonly bits: number;
  /** Voxels per label value; 256 entries, background included. */
  readonly counts: Uint32Array;
  /** Of these, the unsure ones. */
  readonly unsure: Uint32Array;
  /** Labelled voxels per slice along each voxel axis. */
  readonly profiles: readonly [Uint32Array, Uint32Array, Uint32Array];
}

const UNKNOWN_COLOR = '#d6d3d1';

export function labelStatistics(labelmap: Labelmap): LabelStatistics {
  const { voxels, shape } = labelmap;
  const [, strideY, strideZ] = stridesOf(shape);
  const bits = labelBits(labelmap);
  const counts = new Uint32Array(256);
  const unsure = new Uint32Array(256);
  const profiles = [new Uint32Array(shape[0]), new Uint32Array(shape[1]), new Uint32Array(shape[2])] as const;
  for (let i = 0; i < voxels.length; i += 1) {
    const voxel = voxels[i] ?? 0;
    if (voxel === 0) continue;
    const label = voxel & bits;
    if (label !== voxel) add(unsure, label, 1);
    if (label === 0) continue;
    add(counts, label, 1);
    add(profiles[0], i % strideY, 1);
    add(profiles[1], Math.floor((i % strideZ) / strideY), 1);
    add(profiles[2], Math.floor(i / strideZ), 1);
  }
  counts[0] = voxels.length - counts.reduce((sum, count) => sum + count, 0);
  return { bits, counts, unsure, profiles };
}

function add(counts: Uint32Array, index: number, change: number): void {
  counts[index] = (counts[index] ?? 0) + change;
}

/** Bring statistics up to date, in place, after an edit of the labelmap. */
export function countEdit({ bits, counts, unsure, profiles }: LabelStatistics, shape: Vec3, edit: Edit): void {
  const [, strideY, strideZ] = stridesOf(shape);
  forEachVoxel(edit, (i, old, next) => {
    const [before, label] = [old & bits, next & bits];
    add(counts, before, -1);
    add(counts, label, 1);
    if (before !== old) add(unsure, before, -1);
    if (label !== next) add(unsure, label, 1);
    const change = Number(label !== 0) - Number(before !== 0);
    if (change === 0) return;
    add(profiles[0], i % strideY, change);
    add(profiles[1], Math.floor((i % strideZ) / strideY), change);
    add(profiles[2], Math.floor(i / strideZ), change);
  });
}

/** Volume of a set of labels; 0 for an empty set. */
export function labelsVolume_ml(statistics: LabelStatistics, labels: readonly number[], spacing_mm: Vec3): number {
  const voxels = [...new Set(labels)].reduce((sum, label) => sum + (statistics.counts[label] ?? 0), 0);
  return voxels * voxelVolume_ml(spacing_mm);
}

/** Volume that is marked as unsure, background included. */
export function unsureVolume_ml({ unsure }: LabelStatistics, spacing_mm: Vec3): number {
  return unsure.reduce((sum, count) => sum + count, 0) * voxelVolume_ml(spacing_mm);
}

/** Where the slices through the three axes hold most labels, or null without any label. */
export function densestVoxel({ profiles }: LabelStatistics): Vec3 | null {
  const densest = (axis: Axis) => profiles[axis].reduce((best, count, i, all) => (count > (all[best] ?? 0) ? i : best), 0);
  const voxel: Vec3 = [densest(0), densest(1), densest(2)];
  return (profiles[0][voxel[0]] ?? 0) > 0 ? voxel : null;
}

/** The scheme's labels, then those that occur though no scheme names them, in grey. */
export function presentLabels(scheme: LabelScheme, statistics: LabelStatistics | null): Label[] {
  const known = new Set(scheme.labels.map((label) => label.value));
  const labels = scheme.labels.filter((label) => label.value !== 0);
  statistics?.counts.forEach((count, value) => {
    if (count > 0 && value > 0 && !known.has(value)) {
      labels.push({ value, name: `Label ${value}, not in the scheme`, color: UNKNOWN_COLOR });
    }
  });
  return labels;
}

/**
 * Colours by label value; hidden labels and background are transparent, unnamed ones grey.
 *
 * @param marksUnsure the labelmap has unsure voxels: they have the colours of their labels.
 */
export function makePalette(
  labels: readonly Label[],
  hidden: ReadonlySet<number>,
  color?: string,
  marksUnsure = false,
): Palette {
  const palette = new Uint8ClampedArray(4 * 256);
  for (let value = 1; value < 256; value += 1) setColor(palette, value, color ?? UNKNOWN_COLOR);
  for (const label of labels) setColor(palette, label.value, color ?? label.color);
  for (const value of [0, ...hidden]) palette[4 * value + 3] = 0;
  if (marksUnsure) palette.copyWithin(4 * UNSURE, 0, 4 * UNSURE);
  return palette;
}

function setColor(palette: Palette, value: number, color: string): void {
  const hex = /^#([0-9a-f]{6})$/i.exec(color)?.[1] ?? UNKNOWN_COLOR.slice(1);
  const number = Number.parseInt(hex, 16);
  palette.set([number >> 16, (number >> 8) & 255, number & 255, 255], 4 * value);
}
