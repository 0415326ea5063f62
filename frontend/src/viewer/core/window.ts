import type { Volume } from './volume';

/** Intensities from `level − width/2` (black) to `level + width/2` (white). */
export interface IntensityWindow {
  readonly level: number;
  readonly width: number;
}

const LOW_PERCENTILE = 1;
const HIGH_PERCENTILE = 99.5;
/** Sorting this many samples takes about 20 ms; more would not move a percentile visibly. */
const MAX_SAMPLES = 200_000;

/**
 * Percentiles 1 to 99.5 of the non-zero voxels (zero is the stripped background), of evenly spaced samples where
 * there are many. An image without any, or of one value, gets a width of 1.
 */
export function autoWindow(volume: Pick<Volume, 'voxels'>): IntensityWindow {
  const samples = sampleNonzero(volume.voxels);
  if (samples.length === 0) return { level: 0.5, width: 1 };
  samples.sort();
  const low = percentile(samples, LOW_PERCENTILE);
  const high = percentile(samples, HIGH_PERCENTILE);
  return { level: (low + high) / 2, width: high > low ? high - low : 1 };
}

function sampleNonzero(voxels: Volume['voxels']): Float64Array {
  const usable = (value: number) => value !== 0 && Number.isFinite(value);
  let count = 0;
  for (let i = 0; i < voxels.length; i += 1) if (usable(voxels[i] ?? 0)) count += 1;
  const every = Math.max(1, Math.ceil(count / MAX_SAMPLES));
  const samples = new Float64Array(Math.ceil(count / every));
  let seen = 0;
  for (let i = 0; i < voxels.length; i += 1) {
    const value = voxels[i] ?? 0;
    if (!usable(value)) continue;
    if (seen % every === 0) samples[seen / every] = value;
    seen += 1;
  }
  return samples;
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
