import { Group, Text } from '@mantine/core';
import { useCallback, useMemo } from 'react';

import type { Leaderboard, Metric } from '~/api/types';
import { formatMetric, isShare, nameWithUnit } from '~/features/metrics';
import { regionColor } from '~/ui';
import { PlotFigure, type PlotLibrary, type PlotOptions, TIP } from '~/ui/PlotFigure';

import classes from './BoardPlot.module.css';
import { plotDomain, type PlotPoint, plotPoints } from './plotPoints';
import { text } from './text';

const LANE_PX = 74;
const AXIS_PX = 52;

/** Our signature: every method as a dot, the human raters as the ground they stand on. */
export function BoardPlot({ board, metric }: { readonly board: Leaderboard; readonly metric: Metric }) {
  const points = useMemo(() => plotPoints(board, metric.key, text.plot.overall), [board, metric.key]);
  const lanes = useMemo(() => [...board.regions.map(({ name }) => name), text.plot.overall], [board.regions]);
  const colors = useMemo(
    () => [...board.regions.map(({ key }, position) => regionColor(key, position)), 'var(--mantine-color-text)'],
    [board.regions],
  );
  const draw = useCallback(
    (plot: PlotLibrary) => plotOptions(plot, points, lanes, colors, metric),
    [points, lanes, colors, metric],
  );
  return (
    <figure className={classes.figure}>
      <PlotFigure
        label={text.plot.label(nameWithUnit(metric), lanes.join(', '))}
        height_px={lanes.length * LANE_PX + AXIS_PX}
        draw={draw}
      />
      <Legend
        withMine={points.some(({ kind }) => kind === 'mine')}
        withBaselines={points.some(({ kind }) => kind === 'baseline')}
        withHumans={board.human_rows.length > 0}
      />
    </figure>
  );
}

function plotOptions(
  Plot: PlotLibrary,
  points: readonly PlotPoint[],
  lanes: readonly string[],
  colors: readonly string[],
  metric: Metric,
): PlotOptions {
  const methods = points.filter(({ kind }) => kind !== 'rater');
  const raters = points.filter(({ kind }) => kind === 'rater');
  const colorOf = ({ lane }: PlotPoint) => colors[lanes.indexOf(lane)] ?? 'currentColor';
  const strokeOf = (point: PlotPoint) => {
    if (point.kind === 'baseline') return colorOf(point);
    return point.kind === 'mine' ? 'var(--mantine-color-text)' : 'var(--surface)';
  };
  return {
    marginLeft: 14,
    marginRight: 14,
    marginTop: 16,
    marginBottom: 36,
    x: {
      domain: plotDomain(points.map(({ value }) => value), metric),
      label: text.plot.axis(nameWithUnit(metric), metric.higher_is_better),
      ticks: 5,
      ...(isShare(metric) ? { tickFormat: '.2f' } : {}),
      labelArrow: 'none',
    },
    fy: { domain: lanes, label: null, axis: null, paddingInner: 0.36 },
    marks: [
      Plot.text(lanes, {
        fy: (lane: string) => lane,
        text: (lane: string) => lane,
        frameAnchor: 'top-left',
        dy: -15,
        fontWeight: 600,
        fill: 'var(--mantine-color-text)',
      }),
      Plot.gridX({ stroke: 'var(--hairline)', strokeOpacity: 1, ticks: 5 }),
      Plot.rect(
        raters,
        Plot.groupZ({ x1: 'min', x2: 'max' }, { x1: 'value', x2: 'value', fy: 'lane', z: 'lane', fill: 'var(--human-band)', insetLeft: -3, insetRight: -3, rx: 3 }),
      ),
      Plot.tickX(raters, { x: 'value', fy: 'lane', stroke: 'var(--human)', strokeWidth: 1.5 }),
      Plot.dot(
        methods,
        Plot.dodgeY({
          x: 'value',
          fy: 'lane',
          anchor: 'middle',
          r: ({ kind }: PlotPoint) => (kind === 'mine' ? 6.5 : 5),
          padding: 1.5,
          fill: colorOf,
          fillOpacity: ({ kind }: PlotPoint) => (kind === 'baseline' ? 0.12 : 0.88),
          stroke: strokeOf,
          strokeWidth: ({ kind }: PlotPoint) => (kind === 'method' ? 1 : 2.2),
        }),
      ),
      Plot.tip(
        points,
        Plot.pointerX({
          x: 'value',
          fy: 'lane',
          title: ({ name, value }: PlotPoint) => `${name}\n${formatMetric(value, metric)}`,
          ...TIP,
        }),
      ),
    ],
    r: { type: 'identity' },
  };
}

interface LegendProps {
  readonly withMine: boolean;
  readonly withBaselines: boolean;
  readonly withHumans: boolean;
}

function Legend({ withMine, withBaselines, withHumans }: LegendProps) {
  const { legend } = text.plot;
  return (
    <Group component="figcaption" gap="md" mt={4} className={classes.legend}>
      <LegendItem mark={classes.dot} label={legend.method} />
      {withMine && <LegendItem mark={classes.mine} label={legend.mine} />}
      {withBaselines && <LegendItem mark={classes.baseline} label={legend.baseline} />}
      {withHumans && <LegendItem mark={classes.tick} label={legend.rater} />}
      {withHumans && <LegendItem mark={classes.band} label={legend.band} />}
    </Group>
  );
}

function LegendItem({ mark, label }: { readonly mark: string | undefined; readonly label: string }) {
  return (
    <Group gap={6} wrap="nowrap">
      <span className={mark} aria-hidden />
      <Text size="xs" c="dimmed">
        {label}
      </Text>
    </Group>
  );
}
