import { expect, test } from 'vitest';

import { caseTimes } from './caseTimes';

test('parts come in the order of the work, unknown ones last; cases without times have no bar', () => {
  const times = caseTimes([
    { number: 2, seconds: { write: 1, compute: 4, polish: 0.5, read: 2 } },
    { number: 1, seconds: {} },
  ]);
  expect(times.parts).toEqual(['read', 'compute', 'write', 'polish']);
  expect(times.pieces.map(({ number, seconds }) => [number, seconds])).toEqual([[2, 2], [2, 4], [2, 1], [2, 0.5]]);
});

test('the median is over the sums of the cases', () => {
  const cases = [1, 9, 3].map((compute, index) => ({ number: index, seconds: { read: 1, compute } }));
  expect(caseTimes(cases).median_s).toBe(4);
  expect(caseTimes([...cases, { number: 3, seconds: { compute: 5 } }]).median_s).toBe(4.5);
  expect(caseTimes([]).median_s).toBeNull();
});
