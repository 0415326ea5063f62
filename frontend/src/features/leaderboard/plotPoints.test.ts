import { expect, test } from 'vitest';

import type { Leaderboard } from '~/api/types';

import { plotPoints } from './plotPoints';

const BOARD = {
  regions: [
    { key: 'complete', name: 'Complete tumour' },
    { key: 'core', name: 'Tumour core' },
  ],
  rows: [
    { rank: 1, method_name: 'Best', means: { complete: 0.9, core: 0.8 }, overall: 0.85, is_mine: false },
    { rank: null, method_name: 'Mine', means: { complete: 0.7, core: null }, overall: 0.7, is_mine: true },
  ],
  human_rows: [{ rater: { alias: 'Rater 1' }, means: { complete: 0.88, core: 0.7 }, overall: 0.79 }],
} as unknown as Leaderboard;

test('every entrant has a point per region and one overall; what is not defined is not drawn', () => {
  const points = plotPoints(BOARD, 'Overall');
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
