import type { RankingRule } from '~/api/types';
import { formatCount } from '~/format';

type Statistic = RankingRule['statistic'];

const SHORT: Readonly<Record<RankingRule['method'], (statistic: Statistic, names: string, each: boolean) => string>> = {
  aggregate_then_rank: (statistic, names, each) => `Ranked by ${statistic} ${names}${each ? ', each region by itself' : ''}`,
  rank_then_aggregate: (statistic, names, each) =>
    `Ranked case by case in ${names}${each ? ', each region by itself' : ''}; the ${statistic} rank counts`,
  test_based: (_, names) => `Ranked by significant wins in ${names}`,
};

const tested = (what: string) =>
  `Every two methods are tested against each other over the cases in ${what} (one-sided Wilcoxon tests, Holm, 5 %)`;

export const rankingText = {
  none: 'Choose at least one metric to rank by.',
  inEach: (names: string, regions: number) => `${names} in each of ${formatCount(regions, 'region')}`,
  overRegions: (names: string, metrics: number) => `${names}${metrics > 1 ? ', each' : ''} averaged over the regions`,
  aggregateOne: (statistic: Statistic, what: string, lowest: boolean) =>
    `A method’s score is its ${statistic} over the cases of ${what}; the ${lowest ? 'lowest' : 'highest'} comes first.`,
  aggregateSeveral: (statistic: Statistic, what: string, columns: number) =>
    `Methods are ranked by their ${statistic} over the cases, once for each column: ${what}. The mean of these ${columns} ranks decides.`,
  rankThenAggregate: (statistic: Statistic, what: string) =>
    `In every case methods are ranked by ${what}; the ${statistic} of all these ranks decides.`,
  testsOne: (what: string) => `${tested(what)}; who beats the largest share of the others comes first.`,
  testsSeveral: (what: string, columns: number) =>
    `${tested(what)}. Each of these ${columns} columns ranks by the share of the others that a method beats; the mean of these ranks decides.`,
  missing: (worst: string) => `A missing value counts as ${worst}.`,
  ofMetric: (worst: string, metric: string) => `${worst} for ${metric}`,
  ties: {
    min: 'Equal results share the better place.',
    average: 'Equal results share the mean of their places.',
  },
  short: SHORT,
};
