import { useCallback, useMemo } from 'react';

import type { Comparison, Metric, Region } from '~/api/types';
import { formatMetricDifference, isShare } from '~/features/metrics';
import { regionColor } from '~/ui';
import { PlotFigure, type PlotLibrary, type PlotOptions, TIP } from '~/ui/PlotFigure';

import { text } from './text';

const ROW_PX = 22;
const LANE_PAD_PX = 26;
const AXIS_PX = 56;
const TICKS = 6;
/** Room for a rater's name. */
const RATER_PX = 84;

interface ComparisonPlotProps {
  readonly comparison: Comparison;
  readonly metric: Metric;
  readonly regions: readonly Region[];
}

interface Interval {
  readonly lane: string;
  readonly rater: string;
  readonly color: string;
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** A forest: per region and rater the mean difference and its interval, around the line of no difference. */
export function ComparisonPlot({ comparison, metric, regions }: ComparisonPlotProps) {
  const rows = useMemo(() => intervalsOf(comparison, regions), [comparison, regions]);
  const draw = useCallback((plot: PlotLibrary) => plotOptions(plot, rows, metric), [rows, metric]);
  const lanes = new Set(rows.map(({ lane }) => lane)).size;
  const raters = new Set(rows.map(({ rater }) => rater)).size;
  return (
    <PlotFigure
      label={text.comparison.label(metric.name)}
      height_px={lanes * (raters * ROW_PX + LANE_PAD_PX) + AXIS_PX}
      draw={draw}
    />
  );
}

function intervalsOf(comparison: Comparison, regions: readonly Region[]): Interval[] {
  return comparison.regions.flatMap(({ region, raters }) => {
    const position = regions.findIndex(({ key }) => key === region);
    const lane = regions[position]?.name ?? text.comparison.overall;
    const color = position >= 0 ? regionColor(region, position) : 'var(--mantine-color-text)';
    return raters.flatMap(({ rater, difference: { mean, low, high } }) =>
      mean === null ? [] : [{ lane, rater, color, mean, low, high }],
    );
  });
}

function plotOptions(Plot: PlotLibrary, rows: readonly Interval[], metric: Metric): PlotOptions {
  const figure = (value: number) => formatMetricDifference(value, metric);
  const lanes = [...new Set(rows.map(({ lane }) => lane))];
  const farthest = Math.max(isShare(metric) ? 0.05 : 0.5, ...rows.flatMap(({ mean, low, high }) => [mean, low ?? 0, high ?? 0].map(Math.abs)));
  const withInterval = rows.filter(({ low, high }) => low !== null && high !== null);
  return {
    marginLeft: RATER_PX,
    marginRight: 12,
    marginTop: 18,
    marginBottom: 38,
    x: { domain: [-farthest * 1.05, farthest * 1.05], label: text.comparison.axis(metric.unit), labelAnchor: 'center', labelArrow: 'none', ticks: TICKS, tickFormat: signed(isShare(metric) ? 2 : 0) },
    y: { type: 'point', label: null, domain: [...new Set(rows.map(({ rater }) => rater))], padding: 0.5 },
    fy: { domain: lanes, label: null, axis: null, paddingInner: 0.16 },
    marks: [
      Plot.text(lanes, {
        fy: (lane: string) => lane,
        text: (lane: string) => lane,
        frameAnchor: 'top-left',
        dx: -RATER_PX + 8,
        dy: -12,
        fontWeight: 600,
        fill: 'var(--mantine-color-text)',
      }),
      Plot.axisY({ tickSize: 0, tickPadding: 8 }),
      Plot.gridX({ stroke: 'var(--hairline)', strokeOpacity: 1, ticks: TICKS }),
      Plot.ruleX([0], { stroke: 'var(--human)', strokeWidth: 1.5 }),
      Plot.link(withInterval, {
        x1: 'low',
        x2: 'high',
        y: 'rater',
        fy: 'lane',
        stroke: 'color',
        strokeWidth: 3,
        strokeOpacity: 0.5,
        strokeLinecap: 'round',
      }),
      Plot.dot(rows, { x: 'mean', y: 'rater', fy: 'lane', fill: 'color', r: 4.5 }),
      Plot.tip(
        rows,
        Plot.pointer({
          x: 'mean',
          y: 'rater',
          fy: 'lane',
          title: ({ rater, mean, low, high }: Interval) =>
            low === null || high === null
              ? `${rater}\n${figure(mean)}`
              : `${rater}\n${figure(mean)} (${text.comparison.interval(figure(low), figure(high))})`,
          ...TIP,
        }),
      ),
    ],
  };
}

/** Of a tick: +0.10, −2; at least so many decimals, and no sign on what is no difference. */
function signed(decimals: number): (value: number) => string {
  const format = new Intl.NumberFormat('en', { signDisplay: 'exceptZero', minimumFractionDigits: decimals, maximumFractionDigits: 2 });
  return (value) => format.format(value).replace('-', '−');
}
