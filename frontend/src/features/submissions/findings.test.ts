import { expect, test } from 'vitest';

import type { Finding } from '~/api/types';

import { filterFindings, severityCounts } from './findings';

const FINDINGS: Finding[] = [
  { severity: 'info', file: 'readme.txt', case: null, code: 'ignored', sentence: 'Not a labelmap.', remedy: '' },
  { severity: 'error', file: 'a.nii.gz', case: 'A', code: 'grid', sentence: 'Another grid.', remedy: 'Resample it.' },
  { severity: 'error', file: null, case: 'B', code: 'missing', sentence: 'No file.', remedy: 'Add one.' },
  { severity: 'warning', file: 'a.nii.gz', case: 'A', code: 'header', sentence: 'Free text.', remedy: '' },
];

test('errors come first', () => {
  const codes = filterFindings(FINDINGS, { severity: 'all', words: '' }).map(({ code }) => code);
  expect(codes).toEqual(['grid', 'missing', 'header', 'ignored']);
});

test('every word has to be found, in whatever part', () => {
  expect(filterFindings(FINDINGS, { severity: 'all', words: ' A.NII resample ' })).toHaveLength(1);
  expect(filterFindings(FINDINGS, { severity: 'all', words: 'resample missing' })).toHaveLength(0);
});

test('a severity leaves only its own', () => {
  expect(filterFindings(FINDINGS, { severity: 'warning', words: '' }).map(({ code }) => code)).toEqual(['header']);
  expect(severityCounts(FINDINGS)).toEqual([
    ['error', 2],
    ['warning', 1],
    ['info', 1],
  ]);
  expect(severityCounts([])).toEqual([]);
});
