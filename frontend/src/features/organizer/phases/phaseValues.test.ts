import { expect, test } from 'vitest';

import { bodyOf, formErrors, scoringChange, tolerancesOf, validatePhase, valuesOf } from './phaseValues';

const values = { ...valuesOf(null, 'v1'), title: ' Test ' };

test('a new phase has no dates, and its slug is left to the server', () => {
  const body = bodyOf(values);
  expect(body).toMatchObject({ title: 'Test', dataset_version: 'v1', opens_at: null, closes_at: null });
  expect('slug' in body).toBe(false);
});

test('it closes after it opens', () => {
  const opens = '2026-05-01T10:00';
  expect(validatePhase.closes('2026-05-01T10:00', { ...values, opens })).not.toBeNull();
  expect(validatePhase.closes('2026-05-01T10:01', { ...values, opens })).toBeNull();
  expect(validatePhase.closes('', { ...values, opens })).toBeNull();
});

test('the total is not below the day', () => {
  expect(validatePhase.attempts_total(2, { ...values, attempts_per_day: 3 })).not.toBeNull();
  expect(validatePhase.attempts_total(3, { ...values, attempts_per_day: 3 })).toBeNull();
});

test("the server's dates are shown at the form's fields", () => {
  expect(formErrors({ closes_at: 'Too early.', title: 'Taken.' })).toEqual({ closes: 'Too early.', title: 'Taken.' });
});

test('a new phase ranks by mean Dice over the regions', () => {
  expect(bodyOf(values)).toMatchObject({
    ranking_metrics: ['dice'],
    ranking_regions: 'mean',
    ranking_method: 'aggregate_then_rank',
    nsd_tolerances_mm: [1],
  });
});

test('tolerances are sent ascending and each once', () => {
  expect(tolerancesOf(['2', '0.5', '2.0', 'x', '0', '51'])).toEqual([0.5, 2]);
});

test.each([
  [['1', '2.5'], true],
  [[], false],
  [['0'], false],
  [['51'], false],
  [['1.2345'], false],
  [['one'], false],
])('tolerances %j are good: %s', (typed, good) => expect(validatePhase.nsd_tolerances_mm(typed) === null).toBe(good));

test('only what is measured can rank', () => {
  expect(validatePhase.ranking_metrics([], values)).not.toBeNull();
  expect(validatePhase.ranking_metrics(['dice', 'nsd_1mm'], values)).toBeNull();
  expect(validatePhase.ranking_metrics(['nsd_2mm'], values)).toContain('2 mm');
});

test('other rules or tolerances make the scores older, another ranking does not', () => {
  expect(scoringChange(values, { ...values, title: 'Other' })).toBe('none');
  expect(scoringChange(values, { ...values, nsd_tolerances_mm: ['1.0'] })).toBe('none');
  expect(scoringChange(values, { ...values, ties: 'average' })).toBe('ranking');
  expect(scoringChange(values, { ...values, ranking_metrics: ['hd95_pooled'] })).toBe('ranking');
  expect(scoringChange(values, { ...values, nsd_tolerances_mm: ['1', '2'] })).toBe('metric_set');
  expect(scoringChange(values, { ...values, lesion_rules: 'brats2024', ties: 'average' })).toBe('metric_set');
});
