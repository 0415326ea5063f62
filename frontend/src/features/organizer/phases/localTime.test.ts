import { expect, test } from 'vitest';

import { fromLocalField, toLocalField } from './localTime';

test('a field and a point in time are there and back the same', () => {
  const iso = '2026-07-01T14:30:00.000Z';
  expect(fromLocalField(toLocalField(iso))).toBe(iso);
  expect(toLocalField(iso)).toMatch(/^2026-0[67]-\d\dT\d\d:\d\d$/);
});

test('no date is an empty field', () => {
  expect(toLocalField(null)).toBe('');
  expect(fromLocalField('')).toBeNull();
});
