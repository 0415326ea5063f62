import { expect, test } from 'vitest';

import { bodyOf, formErrors, validatePhase, valuesOf } from './phaseValues';

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
