/**
 * What the sequences say of a place. Images have no common scale, so intensities are compared in percent of each
 * image's automatic window.
 */
import { AXES, axisDirections, type Axis, type Vec3 } from './affine';
import { contentBox, makeVolume, stridesOf, type Volume } from './volume';
import type { IntensityWindow } from './window';

const MOST_PERCENT = 127;

/** An intensity in percent of a window: 0 is black, 100 white. */
export function percentOf(value: number, { level, width }: IntensityWindow): number {
  return (100 * (value - level + width / 2)) / width;
}

/**
 * What a voxel of T1 has more after contrast agent than before it, in percent of the windows, whole, cut to ±127.
 * 0 where both images are 0: there is no tissue.
 */
export function gainPercent(after: number, afterWindow: IntensityWindow, before: number, beforeWindow: IntensityWindow): number {
  if (after === 0 && before === 0) return 0;
  const gain = Math.round(percentOf(after, afterWindow) - percentOf(before, beforeWindow));
  return Math.max(-MOST_PERCENT, Math.min(MOST_PERCENT, gain));
}

/** `gainPercent` of every voxel of two images on one grid. */
export function contrastGain(
  after: Volume,
  afterWindow: IntensityWindow,
  before: Volume,
  beforeWindow: IntensityWindow,
): Volume<Int8Array> {
  const gain = new Int8Array(after.voxels.length);
  for (let i = 0; i < gain.length; i += 1) {
    gain[i] = gainPercent(after.voxels[i] ?? 0, afterWindow, before.voxels[i] ?? 0, beforeWindow);
  }
  return makeVolume(gain, after.shape, after.affine);
}

/** The plane between the halves of the brain: the middle of what an image shows from left to right. */
export interface Midplane {
  readonly axis: Axis;
  /** A voxel and its mirror image add up to this index along the axis. */
  readonly sum: number;
}

export function midplaneOf(volume: Volume): Midplane {
  const axis = AXES.find((each) => axisDirections(volume.affine)[each].world === 0) ?? 0;
  const { low, high } = contentBox(volume);
  return { axis, sum: low[axis] + high[axis] };
}

/** The voxel on the other side; it may lie outside the grid. */
export function mirrored(voxel: Vec3, { axis, sum }: Midplane): Vec3 {
  const other: [number, number, number] = [...voxel];
  other[axis] = sum - voxel[axis];
  return other;
}

/** Mean of a voxel and its 26 neighbours within the grid, zeros (no tissue) left out; null where there is none. */
export function meanAround({ voxels, shape }: Volume, [x, y, z]: Vec3): number | null {
  const strides = stridesOf(shape);
  let [sum, count] = [0, 0];
  for (let k = Math.max(0, z - 1); k <= Math.min(shape[2] - 1, z + 1); k += 1) {
    for (let j = Math.max(0, y - 1); j <= Math.min(shape[1] - 1, y + 1); j += 1) {
      for (let i = Math.max(0, x - 1); i <= Math.min(shape[0] - 1, x + 1); i += 1) {
        const value = voxels[i + j * strides[1] + k * strides[2]] ?? 0;
        if (value === 0) continue;
        sum += value;
        count += 1;
      }
    }
  }
  return count > 0 ? sum / count : null;
}
