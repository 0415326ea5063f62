import { expect, test } from 'vitest';

import type { Score } from '~/api/types';

import { caseScores, hasMissing } from './caseScores';

function score(name: string, region: string, value: number | null, more: Partial<Score> = {}): Score {
  return { case: { id: `id-${name}`, name }, region, metric: 'dice', value, left_out: null, ...more };
}

const REGIONS = [{ key: 'complete' }, { key: 'core' }];

test('one row per case, its mean over the regions that have a value', () => {
  const rows = caseScores(
    [
      score('a', 'complete', 0.8),
      score('b', 'complete', 0.5),
      score('a', 'core', 0.6),
      score('b', 'core', null),
      score('a', 'core', 0.1, { left_out: 'Rater 1' }),
      score('a', 'core', 3, { metric: 'hd95_surface_area' }),
    ],
    'dice',
    REGIONS,
  );
  expect(rows).toEqual([
    { id: 'id-a', name: 'a', values: { complete: 0.8, core: 0.6 }, mean: 0.7 },
    { id: 'id-b', name: 'b', values: { complete: 0.5, core: null }, mean: 0.5 },
  ]);
});

test('a case without any value has no mean; no scores are no rows', () => {
  expect(caseScores([score('a', 'core', null)], 'dice', REGIONS)[0]?.mean).toBeNull();
  expect(caseScores([], 'dice', REGIONS)).toEqual([]);
});

test('another metric has rows of its own', () => {
  const scores = [score('a', 'core', 0.8), score('a', 'core', 3, { metric: 'hd95_pooled' })];
  expect(caseScores(scores, 'hd95_pooled', REGIONS).map(({ values }) => values)).toEqual([{ core: 3 }]);
});

test('what is not defined is noticed', () => {
  expect(hasMissing(caseScores([score('a', 'core', null)], 'dice', REGIONS))).toBe(true);
  expect(hasMissing(caseScores([score('a', 'core', 0)], 'dice', REGIONS))).toBe(false);
});
