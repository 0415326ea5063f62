import { expect, test } from 'vitest';

import type { FusionMethod } from './queries';
import { questionOf, type Tried } from './whatIf';

const METHOD = {
  key: 'staple',
  name: 'STAPLE',
  description: '',
  tie_rule: '',
  parameters: [
    { name: 'iterations', kind: 'integer', default: 100, description: '', choices: [], minimum: 1, maximum: 500 },
  ],
} satisfies FusionMethod;
const UNTOUCHED: Tried = { method: 'staple', typed: {}, weights: {}, leftOut: new Set() };
const RATERS = ['A', 'B', 'C'];

test('what is as usual is not asked for', () => {
  expect(questionOf(UNTOUCHED, METHOD, { iterations: '100' }, RATERS)).toEqual({ method: 'staple', parameters: { iterations: 100 } });
});

test('one weight makes all be named, but of those who are left out none', () => {
  const tried = { ...UNTOUCHED, weights: { B: 2, C: 0.5 }, leftOut: new Set(['C']) };
  expect(questionOf(tried, METHOD, { iterations: '5' }, RATERS)).toEqual({
    method: 'staple',
    parameters: { iterations: 5 },
    weights: { A: 1, B: 2 },
    left_out: ['C'],
  });
});

test('a parameter that cannot be read, or nobody left, is no question', () => {
  expect(questionOf(UNTOUCHED, METHOD, { iterations: 'many' }, RATERS)).toBeNull();
  expect(questionOf({ ...UNTOUCHED, leftOut: new Set(RATERS) }, METHOD, { iterations: '5' }, RATERS)).toBeNull();
});
