/** Predicted volumes against the reference's. Pure. */
import type { VolumePoint } from '~/features/volumes';

import type { CaseScores } from './caseScores';

/** One point per case with both values; the reference's volume is the prediction's less the difference. */
export function volumePoints(predicted: readonly CaseScores[], differences: readonly CaseScores[], region: string): VolumePoint[] {
  const byCase = new Map(differences.map(({ id, values }) => [id, values[region]]));
  return predicted.flatMap(({ id, name, values }) => {
    const volume = values[region];
    const difference_ml = byCase.get(id);
    if (volume == null || difference_ml == null) return [];
    return [{ name, mean_ml: volume - difference_ml / 2, difference_ml }];
  });
}
