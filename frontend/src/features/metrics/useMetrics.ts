import { useQuery } from '@tanstack/react-query';

import { queries } from '~/api/queries';
import type { Metric, MetricCatalogue } from '~/api/types';

import { metricSetInWords } from './metricSet';

const NONE: readonly Metric[] = [];
const NO_RULES: MetricCatalogue['lesion_rules'] = [];

/** The catalogue of metrics; empty until it has come. */
export function useMetrics(): readonly Metric[] {
  return useQuery(queries.metrics()).data?.metrics ?? NONE;
}

/** The rule sets of lesions; empty until they have come. */
export function useLesionRules(): MetricCatalogue['lesion_rules'] {
  return useQuery(queries.metrics()).data?.lesion_rules ?? NO_RULES;
}

/** From the name of a metric set to words. */
export function useMetricSetWords(): (name: string) => string {
  const rules = useLesionRules();
  return (name) => metricSetInWords(name, rules);
}
