import { formatVolume_ml } from '~/viewer';

/** Smaller than this, two decimals say nothing. */
const LEAST_ML = 0.05;

/** How large something is: in mL, but a few voxels as such. */
export function shownSize(voxels: number, volume_ml: number): string {
  return volume_ml < LEAST_ML ? `${voxels} vx` : `${formatVolume_ml(volume_ml)} mL`;
}
