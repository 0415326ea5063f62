import { expect, test } from 'vitest';

import type { CaseScores } from './caseScores';
import { volumePoints } from './volumes';

function row(name: string, core: number | null): CaseScores {
  return { id: name, name, values: { core }, mean: core };
}

test('the mean of prediction and reference is half the difference below the prediction', () => {
  const points = volumePoints([row('a', 12), row('b', 5), row('c', 3)], [row('a', 4), row('b', -1), row('c', null)], 'core');
  expect(points).toEqual([
    { name: 'a', mean_ml: 10, difference_ml: 4 },
    { name: 'b', mean_ml: 5.5, difference_ml: -1 },
  ]);
  expect(volumePoints([row('a', 12)], [row('a', 4)], 'complete')).toEqual([]);
});
