import { expect, test } from 'vitest';

import type { FusionMethod } from '../queries';
import { isSame, methodInWords, nameInWords, type Parameter, rangeOf, readParameter, readParameters, typedOf, unusual } from './parameters';

const SPREAD: Parameter = { name: 'spread', kind: 'number', default: 1, description: '', choices: [], minimum: 0, maximum: 10 };
const KEEP: Parameter = { ...SPREAD, name: 'keep_at_least', kind: 'integer', default: 3, minimum: 1, maximum: 1000 };
const MODEL: Parameter = {
  ...SPREAD,
  name: 'model',
  kind: 'choice',
  default: 'multi_label',
  choices: ['multi_label', 'per_region'],
  minimum: null,
  maximum: null,
};
const METHOD: FusionMethod = {
  key: 'simple',
  name: 'SIMPLE',
  description: '',
  tie_rule: '',
  parameters: [SPREAD, KEEP, MODEL],
};

test.each([
  [SPREAD, '1.5', 1.5],
  [SPREAD, ' 1e-7 ', 1e-7],
  [SPREAD, '0', 0],
  [SPREAD, '10', 10],
  [SPREAD, '10.1', null],
  [SPREAD, '-1', null],
  [SPREAD, '', null],
  [SPREAD, 'two', null],
  [SPREAD, 'Infinity', null],
  [KEEP, '4', 4],
  [KEEP, '4.5', null],
  [KEEP, '0', null],
  [MODEL, 'per_region', 'per_region'],
  [MODEL, 'binary', null],
])('%o typed as %s is %s', (parameter, typed, value) => expect(readParameter(parameter, typed)).toBe(value));

test('a form begins with what is set, else with the defaults', () => {
  expect(typedOf(METHOD)).toEqual({ spread: '1', keep_at_least: '3', model: 'multi_label' });
  expect(typedOf(METHOD, { spread: 0 })).toEqual({ spread: '0', keep_at_least: '3', model: 'multi_label' });
  expect(typedOf({ ...METHOD, parameters: [{ ...SPREAD, default: 1e-7 }] })).toEqual({ spread: '1e-7' });
});

test('all values are read, or none', () => {
  expect(readParameters(METHOD, typedOf(METHOD, { spread: 0 }))).toEqual({
    spread: 0,
    keep_at_least: 3,
    model: 'multi_label',
  });
  expect(readParameters(METHOD, { ...typedOf(METHOD), spread: 'x' })).toBeNull();
  expect(readParameters(METHOD, {})).toBeNull();
  expect(readParameters({ ...METHOD, parameters: [] }, {})).toEqual({});
});

test('only what is not as usual is said', () => {
  expect(unusual(METHOD, { spread: 1, keep_at_least: 3, model: 'multi_label' })).toBe('');
  expect(unusual(METHOD, { spread: 2, keep_at_least: 3, model: 'per_region' })).toBe('Spread 2, Model per region');
  expect(unusual(undefined, {})).toBe('');
});

test('a version names its method with what is not as usual', () => {
  expect(methodInWords([METHOD], 'simple', { spread: 2 })).toBe('SIMPLE (Spread 2)');
  expect(methodInWords([METHOD], 'simple', {})).toBe('SIMPLE');
  expect(methodInWords([METHOD], 'imported', {})).toBe('imported');
  expect(methodInWords([METHOD], 'adjudicated', { base: 1, head: 5 })).toBe('adjudicated');
});

test('names, ranges and sameness', () => {
  expect(nameInWords('limit_mm')).toBe('Limit (mm)');
  expect(nameInWords('margin_voxels')).toBe('Margin (voxels)');
  expect(nameInWords('keep_at_least')).toBe('Keep at least');
  expect(rangeOf(SPREAD)).toBe('0 to 10');
  expect(rangeOf(MODEL)).toBeNull();
  expect(isSame({ a: 1 }, { a: 1 })).toBe(true);
  expect(isSame({ a: 1 }, { a: 1, b: 2 })).toBe(false);
  expect(isSame({ a: 1 }, { a: 2 })).toBe(false);
});
