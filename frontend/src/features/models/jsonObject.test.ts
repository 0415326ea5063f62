import { expect, test } from 'vitest';

import { readObject } from './jsonObject';
import { jsonProblem } from './jsonProblem';
import { trainingBody } from './trainingBody';

test('only objects are taken; nothing is an empty one', () => {
  expect(readObject(' {"rate": 0.1} ').value).toEqual({ rate: 0.1 });
  expect(readObject('  ').value).toEqual({});
  expect(['[1]', '3', 'null'].map((typed) => readObject(typed).problem?.kind)).toEqual(['no_object', 'no_object', 'no_object']);
  expect(readObject('{rate: 1}').problem?.kind).toBe('syntax');
  expect(jsonProblem('{"a": 1}')).toBeNull();
  expect(jsonProblem('{')).toMatch(/^This is not JSON: ./);
});

test('the dialog’s minutes and percents go as seconds and shares', () => {
  const body = trainingBody({
    dataset_version: 'v',
    architecture: 'segnet',
    minutes: '2.5',
    held_out_percent: 25,
    seed: 3,
    split_seed: '',
    recipe: '{"rate": 0.01}',
    settings: '',
    missing: 'zero',
    needs_gpu: false,
  });
  expect(body).toMatchObject({ budget_s: 150, validation_share: 0.25, seed: 3, split_seed: 0, recipe: { rate: 0.01 }, settings: {}, options: { missing: 'zero' } });
});
