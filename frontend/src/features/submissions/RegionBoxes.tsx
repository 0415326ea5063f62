import { useCallback, useMemo } from 'react';

import type { Region } from '~/api/types';
import { formatScore } from '~/format';
import { lowerBound, regionColor } from '~/ui';
import { PlotFigure, type PlotLibrary, type PlotOptions } from '~/ui/PlotFigure';

import type { CaseScores } from './caseScores';
import { text } from './text';

const LANE_PX = 84;
const AXIS_PX = 52;

interface RegionBoxesProps {
  readonly cases: readonly CaseScores[];
  readonly regions: readonly Region[];
}

interface Point {
  readonly region: string;
  readonly case: string;
  readonly value: number;
}

/** The spread of one method: a box per region and a dot per case. */
export function RegionBoxes({ cases, regions }: RegionBoxesProps) {
  const points = useMemo(
    () =>
      regions.flatMap(({ key, name }) =>
        cases.flatMap((row): Point[] => {
          const value = row.values[key];
          return value == null ? [] : [{ region: name, case: row.name, value }];
        }),
      ),
    [cases, regions],
  );
  const draw = useCallback((plot: PlotLibrary) => plotOptions(plot, points, regions), [points, regions]);
  return (
    <PlotFigure
      label={text.boxes.label(regions.map(({ name }) => name).join(', '))}
      height_px={regions.length * LANE_PX + AXIS_PX}
      draw={draw}
    />
  );
}

function plotOptions(Plot: PlotLibrary, points: readonly Point[], regions: readonly Region[]): PlotOptions {
  const colors = new Map(regions.map(({ key, name }, position) => [name, regionColor(key, position)]));
  const lanes = regions.map(({ name }) => name);
  const colorOf = ({ region }: Point) => colors.get(region) ?? 'currentColor';
  return {
    marginLeft: 14,
    marginRight: 12,
    marginTop: 16,
    marginBottom: 36,
    x: { domain: [lowerBound(points.map(({ value }) => value)), 1], label: text.boxes.axis, ticks: 5, labelArrow: 'none' },
    fy: { domain: lanes, label: null, axis: null, paddingInner: 0.34 },
    r: { type: 'identity' },
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
      Plot.boxX(points, {
        x: 'value',
        fy: 'region',
        r: 0,
        fill: 'var(--human-band)',
        stroke: 'var(--mantine-color-text)',
        strokeWidth: 1.4,
      }),
      Plot.dot(
        points,
        Plot.dodgeY({ x: 'value', fy: 'region', anchor: 'middle', r: 3.5, padding: 0.5, fill: colorOf, fillOpacity: 0.85 }),
      ),
      Plot.tip(
        points,
        Plot.pointer({
          x: 'value',
          fy: 'region',
          title: (point: Point) => `${point.case}\n${formatScore(point.value)}`,
          fill: 'var(--surface)',
          stroke: 'var(--mantine-color-default-border)',
        }),
      ),
    ],
  };
}
