import { describe, expect, test } from 'vitest';

import { formatBytes, formatDifference, formatList, formatOrdinal, formatRelative, formatScore, formatWorked, percentDone } from '.';

describe('formatScore', () => {
  test.each([
    [0.91249, '0.912'],
    [1, '1.000'],
    [0, '0.000'],
    [0.99999, '0.999'],
    [0.0001, '<0.001'],
    [null, 'n/a'],
    [undefined, 'n/a'],
    [Number.NaN, 'n/a'],
  ])('%s is written %s', (value, written) => expect(formatScore(value)).toBe(written));
});

describe('formatDifference', () => {
  test.each([
    [0.0123, '+0.012'],
    [-0.03, '−0.030'],
    [-0.0001, '0.000'],
    [null, 'n/a'],
  ])('%s is written %s', (value, written) => expect(formatDifference(value)).toBe(written));
});

test.each([
  [1, '1st'],
  [2, '2nd'],
  [3, '3rd'],
  [4, '4th'],
  [11, '11th'],
  [12, '12th'],
  [13, '13th'],
  [21, '21st'],
  [111, '111th'],
])('rank %i is written %s', (rank, written) => expect(formatOrdinal(rank)).toBe(written));

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1500, '1.5 kB'],
  [999_960, '1.0 MB'],
  [123_456_789, '123 MB'],
])('%i bytes are written %s', (bytes, written) => expect(formatBytes(bytes)).toBe(written));

test('percentDone reaches 100 only when all is done', () => {
  expect(percentDone(999, 1000)).toBe(99);
  expect(percentDone(1000, 1000)).toBe(100);
  expect(percentDone(0, 0)).toBe(0);
});

test('formatRelative names the largest whole unit', () => {
  const now = new Date('2026-03-10T12:00:00Z');
  expect(formatRelative('2026-03-10T11:59:40Z', now)).toBe('just now');
  expect(formatRelative('2026-03-10T11:55:00Z', now)).toBe('5 minutes ago');
  expect(formatRelative('2026-03-13T13:00:00Z', now)).toBe('in 3 days');
});

test('time worked is written in minutes and hours', () => {
  expect([0, 20_000, 12 * 60_000, 65 * 60_000].map(formatWorked)).toEqual(['none', 'under 1 min', '12 min', '1 h 05 min']);
});

test('a list is read as a sentence', () => {
  expect(formatList([])).toBe('');
  expect(formatList(['a'])).toBe('a');
  expect(formatList(['a', 'b', 'c'])).toBe('a, b and c');
});
