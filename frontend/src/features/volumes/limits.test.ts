import { expect, test } from 'vitest';

import { formatDifference_ml, limitsInWords, limitsOf } from './limits';

test('limits are 1.96 standard deviations (n − 1) about the mean difference', () => {
  const limits = limitsOf([{ difference_ml: 1 }, { difference_ml: 2 }, { difference_ml: 3 }]);
  expect(limits).toEqual({ bias_ml: 2, low_ml: 2 - 1.96, high_ml: 2 + 1.96 });
});

test('one point has no limits, none has no bias', () => {
  expect(limitsOf([{ difference_ml: -1 }])).toEqual({ bias_ml: -1, low_ml: null, high_ml: null });
  expect(limitsOf([])).toBeNull();
});

test('limits in words, where there are any', () => {
  expect(limitsInWords({ bias_ml: 0.4, low_ml: -1.25, high_ml: 2 })).toBe('Mean difference +0.40 mL. 95 % between −1.3 mL and +2.0 mL.');
  expect(limitsInWords({ bias_ml: -1, low_ml: null, high_ml: null })).toBe('Mean difference −1.0 mL.');
});

test.each([
  [0.416, '+0.42 mL'],
  [-1.25, '−1.3 mL'],
  [120.4, '+120 mL'],
  [0.001, '0 mL'],
  [0, '0 mL'],
])('%d mL is written %s', (value, written) => expect(formatDifference_ml(value)).toBe(written));
