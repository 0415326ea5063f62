/** Where two labelmaps agree and differ on a region. */
import type { Label, LabelScheme } from './labels';
import { gridDifference, type Labelmap, LabelmapError } from './volume';

export const TRUE_POSITIVE = 1;
export const FALSE_POSITIVE = 2;
export const FALSE_NEGATIVE = 3;

/** Colours stay apart for the common forms of colour blindness (Okabe–Ito). */
const ERROR_LABELS: readonly Label[] = [
  { value: TRUE_POSITIVE, name: 'In both', color: '#2fb38a' },
  { value: FALSE_POSITIVE, name: 'False positive', color: '#f0a12b' },
  { value: FALSE_NEGATIVE, name: 'False negative', color: '#c678dd' },
];

export const ERROR_SCHEME: LabelScheme = { labels: ERROR_LABELS, regions: [] };

/**
 * Labelmap of true positives, false positives and false negatives of a region.
 *
 * @param labels the region's label values.
 * @throws LabelmapError when the grids differ.
 */
export function compareRegion(reference: Labelmap, prediction: Labelmap, labels: readonly number[]): Labelmap {
  const difference = gridDifference(prediction, reference);
  if (difference) throw new LabelmapError(`the two label maps cannot be compared: ${difference}`);
  const inRegion = new Uint8Array(256);
  for (const label of labels) inRegion[label] = 1;
  const outcome = [0, FALSE_POSITIVE, FALSE_NEGATIVE, TRUE_POSITIVE];
  const voxels = new Uint8Array(reference.voxels.length);
  for (let i = 0; i < voxels.length; i += 1) {
    const r = inRegion[reference.voxels[i] ?? 0] ?? 0;
    const p = inRegion[prediction.voxels[i] ?? 0] ?? 0;
    voxels[i] = outcome[2 * r + p] ?? 0;
  }
  return { ...reference, voxels };
}
