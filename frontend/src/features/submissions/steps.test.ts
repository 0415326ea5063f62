import { expect, test } from 'vitest';

import type { Submission, SubmissionStatus } from '~/api/types';

import { isUnderWay, stepsOf } from './steps';

function at(status: SubmissionStatus, more: Partial<Submission> = {}) {
  return stepsOf({ status, evaluations: [], progress: { done: 0, total: 0 }, ...more }).map(({ state }) => state);
}

test.each([
  ['computing', ['now', 'waiting', 'waiting', 'waiting']],
  ['received', ['now', 'waiting', 'waiting', 'waiting']],
  ['validating', ['done', 'now', 'waiting', 'waiting']],
  ['rejected', ['done', 'stopped', 'waiting', 'waiting']],
  ['accepted', ['done', 'done', 'now', 'waiting']],
  ['scoring', ['done', 'done', 'done', 'now']],
  ['scored', ['done', 'done', 'done', 'done']],
  ['withdrawn', ['done', 'done', 'stopped', 'waiting']],
] as const)('%s', (status, states) => expect(at(status)).toEqual(states));

test('a fault of ours stops it where it was', () => {
  expect(at('failed')).toEqual(['done', 'stopped', 'waiting', 'waiting']);
  expect(at('failed', { progress: { done: 1, total: 4 } })).toEqual(['done', 'done', 'done', 'stopped']);
});

test('what was scored before it was withdrawn stays so', () => {
  const evaluations = [{ id: 'e' }] as unknown as Submission['evaluations'];
  expect(at('withdrawn', { evaluations })).toEqual(['done', 'done', 'done', 'done']);
});

test('a scored submission is under way again while a new reference is scored', () => {
  expect(isUnderWay({ status: 'scored', is_rescoring: false })).toBe(false);
  expect(isUnderWay({ status: 'scored', is_rescoring: true })).toBe(true);
  expect(isUnderWay({ status: 'rejected', is_rescoring: false })).toBe(false);
});
