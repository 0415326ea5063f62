import { expect, test } from 'vitest';

import { elapsed_s, formatMemory, formatSeconds, isUnderWay } from './work';

test.each([
  [0.042, '0.04 s'],
  [0.996, '1.0 s'],
  [3.21, '3.2 s'],
  [9.94, '9.9 s'],
  [9.96, '10 s'],
  [59.4, '59 s'],
  [59.6, '1 min 00 s'],
  [125, '2 min 05 s'],
  [3599.6, '1 h 00 min'],
  [3900, '1 h 05 min'],
])('%d seconds are %s', (seconds, words) => {
  expect(formatSeconds(seconds)).toBe(words);
});

test('memory above a gibibyte is told in gibibytes', () => {
  expect([512, 1023, 1024, 3300].map(formatMemory)).toEqual(['512 MiB', '1023 MiB', '1.0 GiB', '3.2 GiB']);
});

test('time is counted from the start to the end, or to now; before the start there is none', () => {
  const now = new Date('2026-01-01T00:01:00Z');
  const started_at = '2026-01-01T00:00:00Z';
  expect(elapsed_s({ started_at: null, ended_at: null }, now)).toBeNull();
  expect(elapsed_s({ started_at, ended_at: null }, now)).toBe(60);
  expect(elapsed_s({ started_at, ended_at: '2026-01-01T00:00:12Z' }, now)).toBe(12);
  expect(elapsed_s({ started_at: '2026-01-01T00:01:03Z', ended_at: null }, now)).toBe(0);
});

test('only what waits or runs is under way', () => {
  const all = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;
  expect(all.filter(isUnderWay)).toEqual(['queued', 'running']);
});
