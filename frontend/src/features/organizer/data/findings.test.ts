import { expect, test } from 'vitest';

import { chosenFindings, severityCounts } from './findings';

const findings = [
  { severity: 'info' as const, sentence: 'a' },
  { severity: 'error' as const, sentence: 'b' },
  { severity: 'info' as const, sentence: 'c' },
];

test('counts name what occurs, the worst first', () => {
  expect(severityCounts(findings)).toEqual([
    ['error', 1],
    ['info', 2],
  ]);
  expect(severityCounts([])).toEqual([]);
});

test('the worst come first and equals keep their order', () => {
  expect(chosenFindings(findings, null).map(({ sentence }) => sentence)).toEqual(['b', 'a', 'c']);
  expect(chosenFindings(findings, 'info').map(({ sentence }) => sentence)).toEqual(['a', 'c']);
  expect(chosenFindings(findings, 'warning')).toEqual([]);
});
