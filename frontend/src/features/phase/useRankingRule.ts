import type { Phase } from '~/api/types';
import { metricOf, useMetrics } from '~/features/metrics';

import { ruleInShort, ruleInWords, ruleOf } from './rankingRule';

interface RuleWords {
  readonly short: string;
  readonly whole: string;
}

/** The phase's ranking in words; null until the metrics' names are known. */
export function useRankingRule(phase: Phase): RuleWords | null {
  const catalogue = useMetrics();
  if (catalogue.length === 0) return null;
  const rule = ruleOf(phase, phase.ranking_metrics.map((key) => metricOf(catalogue, key)));
  return { short: ruleInShort(rule), whole: ruleInWords(rule, phase.dataset_version.scheme.regions.length) };
}
