import { Tooltip } from '@mantine/core';

import type { Metric } from '~/api/types';
import { ScoreCell } from '~/ui';

import classes from './MetricValue.module.css';
import { formatFigure, isShare } from './metrics';
import { text } from './text';

interface MetricValueProps {
  readonly value: number | null | undefined;
  readonly metric: Metric;
  readonly region?: { readonly key: string; readonly position: number };
  readonly strong?: boolean;
}

/** A figure of a metric: shares of 1 over a bar, others plain; the unit stands in the head. n/a says why. */
export function MetricValue({ value, metric, region, strong = false }: MetricValueProps) {
  if (value === null || value === undefined) {
    return (
      <Tooltip label={text.notAvailable} multiline maw={280} events={{ hover: true, focus: true, touch: true }}>
        <span className={classes.missing}>{formatFigure(null, metric)}</span>
      </Tooltip>
    );
  }
  if (isShare(metric)) return <ScoreCell value={value} strong={strong} {...(region ? { region } : {})} />;
  return (
    <span className={classes.figure} data-strong={strong || undefined}>
      {formatFigure(value, metric)}
    </span>
  );
}
