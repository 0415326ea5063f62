/** How a phase ranks, in plain words: the same for its form, its card and its board. Pure. */
import type { Metric, Phase, RankingRule as BoardRule } from '~/api/types';
import { assertNever } from '~/assertNever';
import { nameInSentence } from '~/features/metrics';
import { formatList } from '~/format';

import { rankingText as text } from './rankingText';

export interface RankingRule extends Pick<BoardRule, 'method' | 'statistic' | 'ties' | 'regions'> {
  /** What is compared, in its order. */
  readonly metrics: readonly RankedMetric[];
}

type RankedMetric = Pick<Metric, 'name' | 'unit' | 'higher_is_better' | 'worst'>;

type PhaseRule = Pick<Phase, 'ranking_regions' | 'ranking_method' | 'ranking_statistic' | 'ties'>;

/** The rule that a phase's fields make. */
export function ruleOf(phase: PhaseRule, metrics: readonly RankedMetric[]): RankingRule {
  const { ranking_method: method, ranking_statistic: statistic, ranking_regions: regions, ties } = phase;
  return { method, statistic, regions, ties, metrics };
}

/** What is compared, how places come of it, what a missing value counts as, and what becomes of a tie. `regions` is how many there are. */
export function ruleInWords(rule: RankingRule, regions: number): string {
  if (rule.metrics.length === 0) return text.none;
  return `${placesOf(rule, regions)} ${missingOf(rule.metrics)} ${text.ties[rule.ties]}`;
}

function placesOf(rule: RankingRule, regions: number): string {
  const what = comparedOf(rule, regions);
  const columns = columnCount(rule, regions);
  switch (rule.method) {
    case 'aggregate_then_rank':
      return columns === 1
        ? text.aggregateOne(rule.statistic, what, rule.metrics[0]?.higher_is_better === false)
        : text.aggregateSeveral(rule.statistic, what, columns);
    case 'rank_then_aggregate':
      return text.rankThenAggregate(rule.statistic, what);
    case 'test_based':
      return columns === 1 ? text.testsOne(what) : text.testsSeveral(what, columns);
    default:
      return assertNever(rule.method);
  }
}

/** "Dice, averaged over the regions", "Dice and HD95, pooled, each in 3 regions". */
function comparedOf(rule: RankingRule, regions: number): string {
  const names = namesOf(rule);
  if (regions === 1) return names;
  return rule.regions === 'each' ? text.inEach(names, regions) : text.overRegions(names, rule.metrics.length);
}

/** "A missing value counts as 0", or of several metrics as each one's own. */
function missingOf(metrics: readonly RankedMetric[]): string {
  const worst = metrics.map(({ worst: value, unit }) => `${value ?? 0}${unit ? ` ${unit}` : ''}`);
  const [first = ''] = worst;
  if (worst.every((value) => value === first)) return text.missing(first);
  return text.missing(formatList(metrics.map((metric, place) => text.ofMetric(worst[place] ?? '', nameInSentence(metric)))));
}

/** How many orders are made before they become one. */
function columnCount({ metrics, regions: over }: RankingRule, regions: number): number {
  return metrics.length * (over === 'each' ? regions : 1);
}

/** For a card: the rule in a few words. */
export function ruleInShort(rule: RankingRule): string {
  return text.short[rule.method](rule.statistic, namesOf(rule), rule.regions === 'each');
}

function namesOf({ metrics }: RankingRule): string {
  return formatList(metrics.map(nameInSentence));
}
