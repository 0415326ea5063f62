import { expect, test } from 'vitest';

import type { Leaderboard, Metric, RankingRule } from '~/api/types';

import { firstMetric, formatRankValue, rankValueIsNews } from './rankValue';

const DICE: Metric = { key: 'dice', name: 'Dice', unit: '', higher_is_better: true, worst: 0, description: '' };
const HD95: Metric = { key: 'hd95_pooled', name: 'HD95, pooled', unit: 'mm', higher_is_better: false, worst: 374, description: '' };

function rule(value_kind: RankingRule['value_kind']): RankingRule {
  return { method: 'aggregate_then_rank', statistic: 'mean', ties: 'min', metrics: [], regions: 'mean', columns: [], value_kind };
}

test('what the rank follows is written as what it is', () => {
  expect(formatRankValue(0.8123, rule('score'), DICE)).toBe('0.812');
  expect(formatRankValue(2.236, rule('score'), HD95)).toBe('2.24');
  expect(formatRankValue(1.5, rule('mean_rank'), DICE)).toBe('1.50');
  expect(formatRankValue(2 / 3, rule('share_beaten'), DICE)).toBe('67 %');
  expect(formatRankValue(null, rule('score'), DICE)).toBe('n/a');
});

function board(rows: { value: number | null; overall: Record<string, number | null> }[]): Leaderboard {
  return { rows } as unknown as Leaderboard;
}

test('a column of its own for what ranks, unless it is the overall score that is shown', () => {
  const same = board([{ value: 0.8 + 1e-13, overall: { dice: 0.8, hd95_pooled: 3 } }]);
  expect(rankValueIsNews(same, 'dice')).toBe(false);
  expect(rankValueIsNews(same, 'hd95_pooled')).toBe(true);
  expect(rankValueIsNews(board([{ value: 0.8, overall: { dice: null } }]), 'dice')).toBe(true);
  expect(rankValueIsNews(board([{ value: null, overall: { dice: 0.8 } }]), 'dice')).toBe(false);
});

test('Dice is shown first where there is any, else what ranks', () => {
  expect(firstMetric({ metrics: ['sensitivity', 'dice'], metric: 'sensitivity' })).toBe('dice');
  expect(firstMetric({ metrics: ['precision', 'hd95_pooled'], metric: 'hd95_pooled' })).toBe('hd95_pooled');
  expect(firstMetric({ metrics: [], metric: 'dice' })).toBe('dice');
});
