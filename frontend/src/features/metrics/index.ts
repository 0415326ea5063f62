export {
  formatFigure,
  formatMetric,
  formatMetricDifference,
  inGroups,
  isShare,
  keysMeasured,
  metricOf,
  metricsNamed,
  nameInSentence,
  nameWithUnit,
  nsdTolerance_mm,
  sortValue,
  worstFirst,
} from './metrics';
export { metricSetChange } from './metricSet';
export { MetricSelect } from './MetricSelect';
export { MetricValue } from './MetricValue';
export { text as metricText } from './text';
export { useMetricInAddress } from './useMetricInAddress';
export { useLesionRules, useMetrics, useMetricSetWords } from './useMetrics';
