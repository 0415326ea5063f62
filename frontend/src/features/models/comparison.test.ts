import { expect, test } from 'vitest';

import type { Leaderboard } from '~/api/types';

import { cellsOf, phaseDots, raterTicks, standingOf, strengthOf, subsetTable } from './comparison';
import type { ComparedRun, ModelComparison } from './queries';

function run(model: string, phase_id: string, sequences: string[], dice: number | null, more: Partial<ComparedRun> = {}): ComparedRun {
  return {
    run_id: `${model} ${phase_id} ${sequences.join('+')}`,
    purpose: 'baseline',
    version: { id: `${model}-1`, number: 1, kind: 'network', algorithm: { id: model, slug: model, name: model, kind: 'platform' } },
    phase_id,
    sequences,
    is_whole: sequences.length === 2,
    means: { dice: { core: dice === null ? null : dice - 0.1 } },
    overall: { dice },
    trained_on_cases: 0,
    ...more,
  } as ComparedRun;
}

const ROWS = [
  run('unet', 'dev', ['t1', 'flair'], 0.8, { trained_on_cases: 2 }),
  run('unet', 'dev', ['flair'], 0.6),
  run('segnet', 'dev', ['flair', 't1'], 0.7),
  run('unet', 'test', ['t1', 'flair'], 0.75, { purpose: 'submission' }),
  run('hemis', 'test', ['t1', 'flair'], null),
];
const COMPARISON = {
  phases: [
    { id: 'dev', title: 'Development', metric: 'dice' },
    { id: 'test', title: 'Test', metric: 'dice' },
  ],
  rows: ROWS,
} as ModelComparison;
const BOARDS = [
  {
    phase: { id: 'dev', title: 'Development' },
    human_rows: [0.9, 0.82].map((dice, index) => ({ rater: { alias: `Rater ${index + 1}` }, means: { dice: { core: null } }, overall: { dice } })),
  },
] as unknown as Leaderboard[];

test('over phases stand models with all their sequences, where they have a value', () => {
  const dots = phaseDots(COMPARISON, 'dice', null);
  expect(dots.map(({ phase, model, value, seen }) => [phase, model, value, seen])).toEqual([
    ['Development', 'unet v1', 0.8, true],
    ['Development', 'segnet v1', 0.7, false],
    ['Test', 'unet v1', 0.75, false],
  ]);
  expect(phaseDots(COMPARISON, 'hd95', null)).toEqual([]);
});

test('raters stand on the same phase, in the same region', () => {
  expect(raterTicks(BOARDS, 'dice', null).map(({ phase, value }) => [phase, value])).toEqual([['Development', 0.9], ['Development', 0.82]]);
  expect(raterTicks(BOARDS, 'dice', 'core')).toEqual([]);
});

test('the table of subsets has the models that were run without a sequence, and a row for every set', () => {
  const table = subsetTable(ROWS, 'dev', 'dice', null);
  expect(table.models).toEqual(['unet v1']);
  expect(table.subsets).toEqual([['t1', 'flair'], ['t1'], ['flair']]);
  expect(cellsOf(table, ['flair', 't1']).map(({ value }) => value)).toEqual([0.8]);
  expect(cellsOf(table, ['t1'])).toEqual([]);
  expect(subsetTable(ROWS, 'test', 'dice', null)).toEqual({ subsets: [], models: [], cells: [] });
});

test('a model stands by its first phase with a score, beside that phase’s raters', () => {
  expect(standingOf('unet', COMPARISON, BOARDS)).toEqual({ metric: 'dice', phase: 'Development', value: 0.8, raters: { low: 0.82, high: 0.9 }, trainedOnCases: 2 });
  expect(standingOf('unet', COMPARISON, [])?.raters).toBeNull();
  expect(standingOf('hemis', COMPARISON, BOARDS)).toBeNull();
});

test('the better, the fuller; lower may be better', () => {
  expect(strengthOf(3, [1, 3], true)).toBeCloseTo(0.45);
  expect(strengthOf(3, [1, 3], false)).toBeCloseTo(0.08);
  expect(strengthOf(2, [2, 2], true)).toBe(0.25);
});
