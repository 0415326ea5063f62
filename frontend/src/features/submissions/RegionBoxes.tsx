import { Text } from '@mantine/core';
import { useCallback, useMemo } from 'react';

import type { Metric, Region } from '~/api/types';
import { formatMetric, nameWithUnit } from '~/features/metrics';
import { regionColor } from '~/ui';
import { PlotFigure, type PlotLibrary, type PlotOptions, TIP } from '~/ui/PlotFigure';

import type { CaseScores } from './caseScores';
import { axisOf, offsetOf } from './strip';
import { text } from './text';

const LANE_PX = 108;
const AXIS_PX = 52;
const TICK_PX = 60;
/** Dots keep off the lane's edges: their offsets reach half of one. */
const LANE: [number, number] = [-0.75, 0.75];

interface RegionBoxesProps {
  readonly cases: readonly CaseScores[];
  readonly metric: Metric;
  readonly regions: readonly Region[];
}

interface Point {
  readonly region: string;
  readonly case: string;
  readonly value: number;
  readonly offset: number;
}

/** The spread of one method: a box per region and a dot per case. */
export function RegionBoxes({ cases, metric, regions }: RegionBoxesProps) {
  const points = useMemo(() => regions.flatMap((region) => pointsOf(cases, region)), [cases, regions]);
  const draw = useCallback((plot: PlotLibrary) => plotOptions(plot, points, metric, regions), [points, metric, regions]);
  if (points.length === 0) return <Text c="dimmed">{text.boxes.none}</Text>;
  return (
    <PlotFigure
      label={text.boxes.label(nameWithUnit(metric), regions.map(({ name }) => name).join(', '))}
      height_px={regions.length * LANE_PX + AXIS_PX}
      draw={draw}
    />
  );
}

function pointsOf(cases: readonly CaseScores[], { key, name }: Region): Point[] {
  return cases
    .flatMap(({ name: of, values }) => {
      const value = values[key];
      return value == null ? [] : [{ region: name, case: of, value }];
    })
    .sort((a, b) => a.value - b.value)
    .map((point, place) => ({ ...point, offset: offsetOf(place) }));
}

function plotOptions(Plot: PlotLibrary, points: readonly Point[], metric: Metric, regions: readonly Region[]): PlotOptions {
  const colors = new Map(regions.map(({ key, name }, position) => [name, regionColor(key, position)]));
  const lanes = regions.map(({ name }) => name);
  const { domain, type } = axisOf(points.map(({ value }) => value), metric);
  const unit = nameWithUnit(metric);
  return {
    marginLeft: 14,
    marginRight: 16,
    marginTop: 18,
    marginBottom: 36,
    x: {
      domain,
      type,
      label: type === 'sqrt' ? `${unit}, ${text.boxes.squareRoot}` : unit,
      labelAnchor: 'center',
      tickSpacing: TICK_PX,
      labelArrow: 'none',
    },
    y: { domain: LANE, axis: null },
    fy: { domain: lanes, label: null, axis: null, paddingInner: 0.3 },
    marks: [
      Plot.text(lanes, {
        fy: (lane: string) => lane,
        text: (lane: string) => lane,
        frameAnchor: 'top-left',
        dy: -16,
        fontWeight: 600,
        fill: 'var(--mantine-color-text)',
      }),
      Plot.gridX({ stroke: 'var(--hairline)', strokeOpacity: 1, tickSpacing: TICK_PX }),
      Plot.boxX(points, {
        x: 'value',
        fy: 'region',
        r: 0,
        fill: 'var(--human-band)',
        stroke: 'var(--mantine-color-text)',
        strokeWidth: 1.4,
      }),
      Plot.dot(points, {
        x: 'value',
        y: 'offset',
        fy: 'region',
        r: points.length > 200 ? 2.4 : 3.3,
        fill: ({ region }: Point) => colors.get(region) ?? 'currentColor',
        fillOpacity: 0.8,
      }),
      Plot.tip(
        points,
        Plot.pointer({
          x: 'value',
          y: 'offset',
          fy: 'region',
          title: (point: Point) => `${point.case}\n${formatMetric(point.value, metric)}`,
          ...TIP,
        }),
      ),
    ],
  };
}
