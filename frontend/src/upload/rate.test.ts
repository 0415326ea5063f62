import { expect, test } from 'vitest';

import { bytesPerSecond, type Sample, withSample } from './rate';

test('the rate is that of the last seconds', () => {
  let samples: Sample[] = [];
  for (const [at_ms, sent_bytes] of [[0, 0], [10_000, 50], [11_000, 1050], [12_000, 2050]] as const) {
    samples = withSample(samples, { at_ms, sent_bytes });
  }
  expect(bytesPerSecond(samples)).toBe(1000);
});

test('one sample, or two at once, give no rate', () => {
  expect(bytesPerSecond([])).toBeNull();
  expect(bytesPerSecond([{ at_ms: 0, sent_bytes: 5 }])).toBeNull();
  expect(bytesPerSecond([{ at_ms: 0, sent_bytes: 5 }, { at_ms: 10, sent_bytes: 50 }])).toBeNull();
});
