import type { MetricGroup } from './metrics';

const GROUPS: Readonly<Record<MetricGroup, string>> = {
  overlap: 'Overlap',
  distance: 'Surface distance',
  lesions: 'Lesion by lesion',
  volume: 'Volume',
};

export const text = {
  groups: GROUPS,
  choose: 'Metric',
  notAvailable: 'Not defined here: the mask it would be a share of is empty. It is left out of means, not counted as 0.',
};
