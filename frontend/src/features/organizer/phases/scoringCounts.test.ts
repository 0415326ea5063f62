import { expect, test } from 'vitest';

import { scoringParts, toRescore } from './scoringCounts';

test('parts that occur, from done to not done, make the whole', () => {
  const parts = scoringParts({ older: 1, current: 2, failed: 0, scoring: 1 });
  expect(parts).toEqual([
    { kind: 'current', count: 2, percent: 50 },
    { kind: 'scoring', count: 1, percent: 25 },
    { kind: 'older', count: 1, percent: 25 },
  ]);
  expect(scoringParts({ older: 0, current: 0, failed: 0, scoring: 0 })).toEqual([]);
});

test('what is current or under way need not be rescored', () => {
  expect(toRescore({ older: 3, current: 5, failed: 1, scoring: 2 })).toBe(4);
});
