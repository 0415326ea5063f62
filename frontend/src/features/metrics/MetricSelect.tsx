import { Select } from '@mantine/core';

import type { Metric } from '~/api/types';

import { inGroups, nameWithUnit } from './metrics';
import { text } from './text';

interface MetricSelectProps {
  readonly metrics: readonly Metric[];
  readonly value: string;
  readonly onChange: (key: string) => void;
  readonly label?: string;
}

/** One of the metrics, in groups. */
export function MetricSelect({ metrics, value, onChange, label = text.choose }: MetricSelectProps) {
  const data = inGroups(metrics).map(({ group, metrics: found }) => ({
    group: text.groups[group],
    items: found.map((metric) => ({ value: metric.key, label: nameWithUnit(metric) })),
  }));
  return (
    <Select
      aria-label={label}
      data={data}
      value={value}
      onChange={(key) => key && onChange(key)}
      allowDeselect={false}
      maxDropdownHeight={380}
      w={{ base: '100%', xs: 270 }}
      comboboxProps={{ withinPortal: true }}
    />
  );
}
