import { expect, test } from 'vitest';

import { axisOf, offsetOf } from './strip';

const MM = { unit: 'mm' };

test('shares end at 1 and begin a tenth below the lowest', () => {
  expect(axisOf([0.83, 0.95], { unit: '' })).toEqual({ domain: [0.8, 1], type: 'linear' });
});

test('distances begin at 0', () => {
  expect(axisOf([2, 3, 9], MM)).toEqual({ domain: [0, 9], type: 'linear' });
  expect(axisOf([], MM)).toEqual({ domain: [0, 1], type: 'linear' });
  expect(axisOf([0, 0], MM).domain[1]).toBeGreaterThan(0);
});

test('a penalty far beyond the rest does not press them together', () => {
  expect(axisOf([1, 2, 3, 4, 374], MM).type).toBe('sqrt');
  expect(axisOf([374, 374, 374], MM).type).toBe('linear');
});

test('signed values keep their zero in sight', () => {
  expect(axisOf([-40, 1, 2, 3], { unit: 'mL' })).toEqual({ domain: [-40, 3], type: 'linear' });
});

test('dots of equal values stand apart, within the lane', () => {
  const offsets = Array.from({ length: 50 }, (_, place) => offsetOf(place));
  expect(Math.min(...offsets)).toBeGreaterThanOrEqual(-0.5);
  expect(Math.max(...offsets)).toBeLessThanOrEqual(0.5);
  offsets.slice(1).forEach((offset, place) => expect(Math.abs(offset - (offsets[place] ?? NaN))).toBeGreaterThan(0.3));
});
