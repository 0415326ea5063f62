import { expect, test } from 'vitest';

import type { Leaderboard } from '~/api/types';

import { plotDomain, plotPoints } from './plotPoints';

const BOARD = {
  regions: [
    { key: 'complete', name: 'Complete tumour' },
    { key: 'core', name: 'Tumour core' },
  ],
  rows: [
    {
      rank: 1,
      method_name: 'Best',
      means: { dice: { complete: 0.9, core: 0.8 }, hd95_pooled: { complete: 2, core: 3 } },
      overall: { dice: 0.85, hd95_pooled: 2.5 },
      is_mine: false,
    },
    { rank: null, method_name: 'Mine', means: { dice: { complete: 0.7, core: null } }, overall: { dice: 0.7 }, is_mine: true },
  ],
  human_rows: [{ rater: { alias: 'Rater 1' }, means: { dice: { complete: 0.88, core: 0.7 } }, overall: { dice: 0.79 } }],
} as unknown as Leaderboard;

test('every entrant has a point per region and one overall; what is not defined is not drawn', () => {
  const points = plotPoints(BOARD, 'dice', 'Overall');
  expect(points.filter(({ kind }) => kind === 'rater').map(({ lane }) => lane)).toEqual([
    'Complete tumour',
    'Tumour core',
    'Overall',
  ]);
  expect(points.filter(({ kind }) => kind === 'mine')).toEqual([
    { kind: 'mine', lane: 'Complete tumour', name: 'Mine', value: 0.7 },
    { kind: 'mine', lane: 'Overall', name: 'Mine', value: 0.7 },
  ]);
  expect(points.find(({ kind }) => kind === 'method')?.name).toBe('1. Best');
});

test('who has no score of the metric has no points', () => {
  expect(plotPoints(BOARD, 'hd95_pooled', 'Overall').map(({ name, value }) => [name, value])).toEqual([
    ['1. Best', 2],
    ['1. Best', 3],
    ['1. Best', 2.5],
  ]);
});

test('shares end at 1, distances begin at 0, differences have 0 in between', () => {
  expect(plotDomain([0.83, 0.9], { unit: '' })).toEqual([0.8, 1]);
  expect(plotDomain([3, 12], { unit: 'mm' })).toEqual([0, 12]);
  expect(plotDomain([-3, 2], { unit: 'mL' })).toEqual([-3, 2]);
  expect(plotDomain([], { unit: 'mm' })).toEqual([0, 1]);
  expect(plotDomain([0, 0], { unit: 'mm' })).toEqual([0, 1]);
});

test('a baseline is drawn as one, whoever ran it', () => {
  const rows = BOARD.rows.map((row) => ({ ...row, kind: 'baseline' as const }));
  const kinds = new Set(plotPoints({ ...BOARD, rows, human_rows: [] }, 'dice', 'Overall').map(({ kind }) => kind));
  expect([...kinds]).toEqual(['baseline']);
});
