import { expect, test } from 'vitest';

import type { DatasetAgreement } from '../queries';
import { raterVolumes } from './volumes';

const NAMES = new Map([[1, 'Ada'], [2, 'Bob']]);

function agreement(volumes: readonly (readonly [number, Record<string, number>])[], consensus: Record<string, number>) {
  return {
    cases: [
      {
        name: 'a',
        consensus_volumes_ml: consensus,
        raters: volumes.map(([rater, volumes_ml]) => ({ rater, volumes_ml, leave_one_out_dice: null })),
      },
    ],
  } as unknown as DatasetAgreement;
}

test('a point is the mean and the difference to the consensus', () => {
  const found = agreement([[1, { core: 6 }], [2, { core: 3 }]], { core: 4 });
  expect(raterVolumes(found, 'core', NAMES)).toEqual([
    { rater: 'Ada', name: 'Ada, a', mean_ml: 5, difference_ml: 2 },
    { rater: 'Bob', name: 'Bob, a', mean_ml: 3.5, difference_ml: -1 },
  ]);
});

test('where neither drew the region there is nothing to compare', () => {
  const found = agreement([[1, { core: 0 }], [2, { core: 0.5 }]], { core: 0 });
  expect(raterVolumes(found, 'core', NAMES).map(({ rater }) => rater)).toEqual(['Bob']);
  expect(raterVolumes(found, 'complete', NAMES)).toEqual([]);
});
