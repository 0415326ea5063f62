import { expect, test } from 'vitest';

import { lowerBound } from './plotScale';

test.each([
  [[], 0],
  [[0.83, 0.95], 0.8],
  [[0.81], 0.7],
  [[0.999], 0.9],
  [[0.01], 0],
])('the axis of %j begins at %s', (values, bound) =>
  expect(lowerBound(values)).toBeCloseTo(bound),
);
