import { expect, test } from 'vitest';

import type { CaseConsensus, DatasetAgreement } from '../queries';
import { formatKappa, fusible, inOrder, leftOutPoints, pairMatrix, raterNames, stateOf } from './agreement';

const ADA = { id: 1, username: 'ada', name: 'Ada' };
const BOB = { id: 2, username: 'bob', name: 'Bob' };
const NAMES = new Map([[1, 'Ada'], [2, 'Bob']]);

const AGREEMENT = {
  raters: [{ rater: ADA }, { rater: BOB }],
  pairs: [
    {
      first: 1,
      second: 2,
      dice: { core: { value: 0.75, cases: 2 }, complete: { value: 0.1, cases: 3 } },
      kappa: { core: { value: null, cases: 0 }, complete: { value: -0.2, cases: 1 } },
    },
  ],
  cases: [
    {
      id: 'x',
      name: 'a',
      raters: [
        { rater: 1, leave_one_out_dice: { core: 0.8 } },
        { rater: 2, leave_one_out_dice: null },
      ],
    },
  ],
} as unknown as DatasetAgreement;

const signed = row(2, { head: { number: 2, method: 'adjudicated' } as unknown as CaseConsensus['head'] });

function row(submitted: number, change: Partial<CaseConsensus> = {}): CaseConsensus {
  const found = {
    case: { id: 'a', name: 'a' },
    annotation: { required: 2, assigned: 2, submitted },
    refusal: null,
    head: { number: 1 },
  } as unknown as CaseConsensus;
  return { ...found, ...change };
}

test('raters are called as they are called elsewhere', () => {
  expect(raterNames(AGREEMENT, ({ id }) => `Rater ${id}`)).toEqual(new Map([[1, 'Rater 1'], [2, 'Rater 2']]));
});

test('a pair stands on both sides of the diagonal', () => {
  expect(pairMatrix(AGREEMENT, 'dice', 'core', NAMES)).toEqual([
    { first: 'Ada', second: 'Bob', value: 0.75, cases: 2 },
    { first: 'Bob', second: 'Ada', value: 0.75, cases: 2 },
  ]);
  expect(pairMatrix(AGREEMENT, 'kappa', 'complete', NAMES)[0]).toMatchObject({ value: -0.2, cases: 1 });
});

test('what was not measured has no cell and no point', () => {
  expect(pairMatrix(AGREEMENT, 'kappa', 'core', NAMES)).toEqual([]);
  expect(pairMatrix(AGREEMENT, 'dice', 'enhancing', NAMES)).toEqual([]);
  expect(leftOutPoints(AGREEMENT, ['complete', 'core'], NAMES)).toEqual([
    { rater: 'Ada', caseName: 'a', caseId: 'x', region: 'core', dice: 0.8 },
  ]);
});

test('names come once each, in the order of their numbers', () => {
  expect(inOrder(['Rater 10', 'Rater 2', 'Rater 10', 'Ada'])).toEqual(['Ada', 'Rater 2', 'Rater 10']);
});

test.each([
  [0.81249, '0.812'],
  [-0.25, '−0.250'],
  [-0.0001, '0.000'],
  [0, '0.000'],
  [null, 'n/a'],
])('kappa %s is written %s', (value, written) => expect(formatKappa(value)).toBe(written));

test('a refusal is said even where an older consensus stands', () => {
  expect(stateOf(row(2))).toBe('fused');
  expect(stateOf(signed)).toBe('adjudicated');
  expect(stateOf(row(2, { refusal: { reason_code: 'x', reason: 'y' } }))).toBe('refused');
  expect(stateOf(row(2, { head: null }))).toBe('ready');
  expect(stateOf(row(1, { head: null }))).toBe('waiting');
});

test('only cases with enough raters are fused anew', () => {
  expect(fusible([row(0), row(1), row(2), row(3), signed])).toBe(2);
  expect(fusible([row(0, { annotation: { required: 0, assigned: 0, submitted: 0 } })])).toBe(0);
});
