import { expect, test } from 'vitest';

import { CHUNK_BYTES, fingerprintOf, isWorthRetrying, targetPrefix, uploadIdOf, uploadOptions, uploadProblem } from './resumable';

const FILE = { name: 'predictions.zip', size: 1000, lastModified: 1_700_000_000_000 };
const TARGET = { purpose: 'submission', target: 'phase-1', userId: 7 } as const;

test('the same file for the same target is found again; anything else is another upload', () => {
  const fingerprint = fingerprintOf(FILE, TARGET);
  expect(fingerprintOf({ ...FILE }, { ...TARGET })).toBe(fingerprint);
  const others = [
    fingerprintOf({ ...FILE, size: 1001 }, TARGET),
    fingerprintOf({ ...FILE, lastModified: 1 }, TARGET),
    fingerprintOf(FILE, { ...TARGET, target: 'phase-2' }),
    fingerprintOf(FILE, { ...TARGET, userId: 8 }),
  ];
  expect(others).not.toContain(fingerprint);
  expect(fingerprint.startsWith(targetPrefix(TARGET))).toBe(true);
  expect(others[3]?.startsWith(targetPrefix(TARGET))).toBe(false);
});

test('chunks, metadata and fingerprint go to tus', async () => {
  const options = uploadOptions(FILE, TARGET, 'https://here');
  expect(options.endpoint).toBe('https://here/api/v1/uploads/');
  expect(options.chunkSize).toBe(CHUNK_BYTES);
  expect(options.metadata).toEqual({ filename: 'predictions.zip', purpose: 'submission' });
  expect(options.removeFingerprintOnSuccess).toBe(false);
  const file = new File(['x'], 'predictions.zip');
  expect(await options.fingerprint?.(file, options)).toBe(fingerprintOf(FILE, TARGET));
});

test.each([
  [undefined, true],
  [0, true],
  [500, true],
  [503, true],
  [423, true],
  [429, true],
  [403, false],
  [413, false],
])('an answer of %s is worth another try: %s', (status, worth) => expect(isWorthRetrying(status)).toBe(worth));

test('the id is the last part of the address', () => {
  expect(uploadIdOf('https://here/api/v1/uploads/5b1c/')).toBe('5b1c');
  expect(uploadIdOf('/api/v1/uploads/5b1c?x=1/2')).toBe('5b1c');
});

test('an upload that got no answer says that the server cannot be reached', () => {
  expect(uploadProblem(new Error('ProgressEvent')).code).toBe('unreachable');
});
