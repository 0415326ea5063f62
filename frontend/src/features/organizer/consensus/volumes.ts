/** Volumes that raters drew beside those of the consensus. Pure. */
import type { VolumePoint } from '~/features/volumes';

import type { DatasetAgreement } from '../queries';
import { text } from './text';

export interface RaterVolume extends VolumePoint {
  readonly rater: string;
}

/** One point per rater and case in which either drew the region: the rater's volume less the consensus'. */
export function raterVolumes(
  { cases }: DatasetAgreement,
  region: string,
  names: ReadonlyMap<number, string>,
): RaterVolume[] {
  return cases.flatMap(({ name: caseName, consensus_volumes_ml: fused, raters }) =>
    raters.flatMap(({ rater, volumes_ml: drawn }) => {
      const [own, common, name] = [drawn[region], fused[region], names.get(rater)];
      if (own === undefined || common === undefined || name === undefined || own + common === 0) return [];
      return [{ rater: name, name: text.volumes.of(name, caseName), mean_ml: (own + common) / 2, difference_ml: own - common }];
    }),
  );
}
