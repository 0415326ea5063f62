import { describe, expect, test } from 'vitest';

import { type RankingRule, ruleInShort, ruleInWords, ruleOf } from './rankingRule';

const DICE = { name: 'Dice', unit: '', higher_is_better: true, worst: 0 };
const HD95 = { name: 'HD95', unit: 'mm', higher_is_better: false, worst: 374 };

const RULE: RankingRule = { metrics: [DICE], regions: 'mean', method: 'aggregate_then_rank', statistic: 'mean', ties: 'min' };
const TWO: RankingRule = { ...RULE, metrics: [DICE, HD95] };

describe('the rule in words', () => {
  test('one column is a score, and its better end comes first', () => {
    expect(ruleInWords(RULE, 3)).toBe(
      'A method’s score is its mean over the cases of Dice averaged over the regions; the highest comes first. A missing value counts as 0. Equal results share the better place.',
    );
    expect(ruleInWords({ ...RULE, metrics: [HD95], statistic: 'median' }, 3)).toContain(
      'its median over the cases of HD95 averaged over the regions; the lowest comes first. A missing value counts as 374 mm.',
    );
  });

  test('a scheme with one region does not speak of regions', () => {
    expect(ruleInWords(RULE, 1)).toContain('its mean over the cases of Dice; the highest');
    expect(ruleInWords({ ...RULE, regions: 'each' }, 1)).toContain('A method’s score is');
  });

  test('several columns are ranked each, and the mean of the ranks decides', () => {
    expect(ruleInWords({ ...TWO, regions: 'each' }, 3)).toContain(
      'Dice and HD95 in each of 3 regions. The mean of these 6 ranks decides.',
    );
    expect(ruleInWords({ ...RULE, regions: 'each' }, 3)).toContain('The mean of these 3 ranks decides.');
  });

  test('per case, the chosen statistic of the ranks decides', () => {
    expect(ruleInWords({ ...TWO, method: 'rank_then_aggregate', ties: 'average' }, 3)).toBe(
      'In every case methods are ranked by Dice and HD95, each averaged over the regions; the mean of all these ranks decides. A missing value counts as 0 for Dice and 374 mm for HD95. Equal results share the mean of their places.',
    );
  });

  test('what several metrics have in common is said once', () => {
    expect(ruleInWords({ ...RULE, metrics: [DICE, { ...DICE, name: 'Sensitivity' }] }, 3)).toContain('A missing value counts as 0.');
  });

  test('tests count the others that are beaten', () => {
    expect(ruleInWords({ ...RULE, method: 'test_based' }, 3)).toContain('beats the largest share of the others');
    expect(ruleInWords({ ...TWO, method: 'test_based' }, 3)).toContain('Each of these 2 columns');
  });

  test('without a metric it says what is missing', () => {
    expect(ruleInWords({ ...RULE, metrics: [] }, 3)).toBe('Choose at least one metric to rank by.');
  });
});

test('a phase’s fields make a rule', () => {
  const fields = { ranking_method: 'test_based', ranking_statistic: 'median', ranking_regions: 'each', ties: 'average' } as const;
  expect(ruleOf(fields, [HD95])).toEqual({ method: 'test_based', statistic: 'median', regions: 'each', ties: 'average', metrics: [HD95] });
});

test('the comma of a name is no comma of the list', () => {
  expect(ruleInShort({ ...TWO, metrics: [DICE, { ...HD95, name: 'HD95, pooled' }] })).toBe('Ranked by mean Dice and HD95 (pooled)');
});

test.each([
  ['aggregate_then_rank', 'Ranked by mean Dice and HD95'],
  ['rank_then_aggregate', 'Ranked case by case in Dice and HD95; the mean rank counts'],
  ['test_based', 'Ranked by significant wins in Dice and HD95'],
] as const)('%s in short', (method, said) => expect(ruleInShort({ ...TWO, method })).toBe(said));
