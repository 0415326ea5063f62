import type { Volume } from './volume';

/** Intensities from `level − width/2` (black) to `level + width/2` (white). */
export interface IntensityWindow {
  readonly level: number;
  readonly width: number;
}

/** A window between two percentiles of an image. */
export interface WindowPreset {
  readonly key: string;
  readonly name: string;
  readonly percentiles: readonly [low: number, high: number];
}

const AUTOMATIC: WindowPreset = { key: 'auto', name: 'Automatic', percentiles: [1, 99.5] };

export const WINDOW_PRESETS: readonly WindowPreset[] = [
  AUTOMATIC,
  { key: 'full', name: 'Full range', percentiles: [0, 100] },
  { key: 'contrast', name: 'High contrast', percentiles: [15, 95] },
  { key: 'bright', name: 'Bright parts', percentiles: [50, 99.9] },
  { key: 'dark', name: 'Dark parts', percentiles: [0.1, 60] },
];

/** Sorting this many samples takes about 20 ms; more would not move a percentile visibly. */
const MAX_SAMPLES = 200_000;

/**
 * Percentiles 1 to 99.5 of the non-zero voxels (zero is the stripped background), of evenly spaced samples where
 * there are many. An image without any, or of one value, gets a width of 1.
 */
export function autoWindow(volume: Pick<Volume, 'voxels'>): IntensityWindow {
  return presetWindow(volume, AUTOMATIC);
}

/** The window of a preset, as `autoWindow` finds its own. */
export function presetWindow(volume: Pick<Volume, 'voxels'>, { percentiles }: WindowPreset): IntensityWindow {
  const samples = sortedSamples(volume);
  if (samples.length === 0) return { level: 0.5, width: 1 };
  const low = percentile(samples, percentiles[0]);
  const high = percentile(samples, percentiles[1]);
  return { level: (low + high) / 2, width: high > low ? high - low : 1 };
}

const sampled = new WeakMap<object, Float64Array<ArrayBuffer>>();

/** Of non-zero voxels, ascending. Found once for each image: presets are tried one after the other. */
export function sortedSamples({ voxels }: Pick<Volume, 'voxels'>): Float64Array<ArrayBuffer> {
  const known = sampled.get(voxels);
  if (known) return known;
  const samples = sampleNonzero(voxels).sort();
  sampled.set(voxels, samples);
  return samples;
}

/** Samples that were found elsewhere, as `sortedSamples` finds them. */
export function keepSamples({ voxels }: Pick<Volume, 'voxels'>, samples: Float64Array<ArrayBuffer>): void {
  sampled.set(voxels, samples);
}

function sampleNonzero(voxels: Volume['voxels']): Float64Array<ArrayBuffer> {
  let count = 0;
  for (let i = 0; i < voxels.length; i += 1) if (isUsable(voxels[i] ?? 0)) count += 1;
  const every = Math.max(1, Math.ceil(count / MAX_SAMPLES));
  const samples = new Float64Array(Math.ceil(count / every));
  let seen = 0;
  for (let i = 0; i < voxels.length; i += 1) {
    const value = voxels[i] ?? 0;
    if (!isUsable(value)) continue;
    if (seen % every === 0) samples[seen / every] = value;
    seen += 1;
  }
  return samples;
}

/** Not zero and finite: what is not has no difference to itself. */
function isUsable(value: number): boolean {
  return value !== 0 && value - value === 0;
}

/** Linear interpolation between the two nearest ranks, as numpy's default. */
function percentile(sorted: Float64Array, percent: number): number {
  const rank = ((sorted.length - 1) * percent) / 100;
  const below = sorted[Math.floor(rank)] ?? 0;
  const above = sorted[Math.ceil(rank)] ?? below;
  return below + (above - below) * (rank - Math.floor(rank));
}

/** A drag of the pointer: right widens, up brightens; 300 px move by one automatic width. */
export function dragWindow(
  window: IntensityWindow,
  automatic: IntensityWindow,
  delta_px: readonly [number, number],
): IntensityWindow {
  const perPixel = automatic.width / 300;
  return {
    width: Math.max(automatic.width / 100, window.width + delta_px[0] * perPixel),
    level: window.level + delta_px[1] * perPixel,
  };
}
