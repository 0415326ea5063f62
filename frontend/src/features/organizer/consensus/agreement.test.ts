import { expect, test } from 'vitest';

import type { CaseConsensus } from '../queries';
import { axisStart, leftOutPoints, pairMatrix, stateOf } from './agreement';

const ADA = { id: 1, username: 'ada', name: 'Ada' };
const BOB = { id: 2, username: 'bob', name: 'Bob' };

function fused(name: string, dice: Record<string, number>): CaseConsensus {
  return {
    case: { id: name, name },
    annotation: { required: 2, assigned: 2, submitted: 2 },
    refusal: null,
    head: {
      provenance: {
        raters: [ADA, BOB],
        agreement: { pairs: [{ first: 1, second: 2, dice }] },
        leave_one_out: [{ rater: ADA, revision: 1, dice }],
      },
    },
  } as unknown as CaseConsensus;
}

const nameOf = ({ name }: { readonly name: string }) => name;

test('pairs are means over cases, on both sides of the diagonal', () => {
  const rows = [fused('a', { core: 0.5 }), fused('b', { core: 1 }), fused('c', { complete: 0.1 })];
  expect(pairMatrix(rows, 'core', nameOf)).toEqual([
    { first: 'Ada', second: 'Bob', dice: 0.75, cases: 2 },
    { first: 'Bob', second: 'Ada', dice: 0.75, cases: 2 },
  ]);
});

test('cases without a consensus have no part in it', () => {
  const waiting = { ...fused('a', {}), head: null };
  expect(pairMatrix([waiting], 'core', nameOf)).toEqual([]);
  expect(leftOutPoints([waiting], ['core'], nameOf)).toEqual([]);
});

test('a region that is not defined in a case gives no point', () => {
  expect(leftOutPoints([fused('a', { core: 0.8 })], ['complete', 'core'], nameOf)).toEqual([
    { rater: 'Ada', caseName: 'a', caseId: 'a', region: 'core', dice: 0.8 },
  ]);
});

test.each([
  [[0.95, 0.99], 0.9],
  [[0.74], 0.7],
  [[0.7], 0.6],
  [[0], 0],
  [[], 0.9],
])('the axis of %j begins at %d', (values, start) => expect(axisStart(values)).toBeCloseTo(start));

test('a refusal is said even where an older consensus stands', () => {
  const found = fused('a', {});
  expect(stateOf(found)).toBe('fused');
  expect(stateOf({ ...found, refusal: { reason_code: 'x', reason: 'y' } })).toBe('refused');
  expect(stateOf({ ...found, head: null })).toBe('ready');
  expect(stateOf({ ...found, head: null, annotation: { required: 3, assigned: 3, submitted: 2 } })).toBe('waiting');
});
