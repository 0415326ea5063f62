import { IconChartCandle, IconChartDots, IconTable } from '@tabler/icons-react';

import type { EvaluationSummary, Metric } from '~/api/types';
import { type DownloadFile, DownloadMenu } from '~/ui';

import { text } from './text';

interface DownloadsProps {
  readonly evaluation: EvaluationSummary;
  readonly metric: Metric;
}

/** The numbers, and the drawings of the metric that is looked at. */
export function Downloads({ evaluation, metric }: DownloadsProps) {
  const base = `/api/v1/evaluations/${evaluation.id}`;
  const { scores } = text;
  const volumes: DownloadFile = {
    href: `${base}/pictures/volumes.svg`,
    name: 'volumes.svg',
    label: scores.volumesSvg,
    icon: IconChartDots,
  };
  const files: DownloadFile[] = [
    { href: `${base}/scores/?format=csv`, label: scores.csv, icon: IconTable },
    {
      href: `${base}/pictures/scores.svg?metric=${metric.key}`,
      name: `${metric.key}.svg`,
      label: scores.scoresSvg(metric.name),
      icon: IconChartCandle,
    },
    ...(evaluation.means.volume_difference_ml ? [volumes] : []),
  ];
  return <DownloadMenu label={scores.download} files={files} />;
}
