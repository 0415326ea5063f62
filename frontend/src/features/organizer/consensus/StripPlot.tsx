import { Group } from '@mantine/core';
import { useCallback } from 'react';

import { formatScore } from '~/format';
import { lowerBound, PlotFigure, regionColor, RegionLabel, TIP } from '~/ui';
import type { PlotLibrary, PlotOptions } from '~/ui/PlotFigure';

import type { LabelScheme } from '../queries';
import { inOrder, type LeftOut, marginOf } from './agreement';
import { text } from './text';

interface StripPlotProps {
  readonly points: readonly LeftOut[];
  readonly regions: LabelScheme['regions'];
}

const LANE_PX = 15;

/** One band per rater, one lane in it per region: a tick per case, a line at the mean. */
export function StripPlot({ points, regions }: StripPlotProps) {
  const draw = useCallback((plot: PlotLibrary) => stripOptions(plot, points, regions), [points, regions]);
  return (
    <>
      <PlotFigure label={text.agreement.stripLabel} draw={draw} />
      <Group component="figcaption" gap="md" fz="xs" c="dimmed">
        {regions.map(({ key, name }, position) => (
          <RegionLabel key={key} regionKey={key} name={name} position={position} />
        ))}
      </Group>
    </>
  );
}

function stripOptions(Plot: PlotLibrary, points: readonly LeftOut[], regions: LabelScheme['regions']): PlotOptions {
  const raters = inOrder(points.map(({ rater }) => rater));
  const keys = regions.map(({ key }) => key);
  const color = ({ region }: LeftOut) => regionColor(region, keys.indexOf(region));
  const marginLeft = marginOf(raters);
  return {
    height: raters.length * (regions.length * LANE_PX + 10) + 48,
    marginLeft,
    marginRight: 8,
    marginTop: 4,
    marginBottom: 36,
    x: { domain: [lowerBound(points.map(({ dice }) => dice)), 1], label: text.agreement.dice, ticks: 5, tickFormat: '.2f', labelArrow: 'none' },
    y: { domain: keys, axis: null, padding: 0.2 },
    fy: { domain: raters, label: null, padding: 0.18 },
    marks: [
      Plot.frame({ fill: 'var(--surface-sunken)', stroke: null, rx: 3 }),
      Plot.gridX({ stroke: 'var(--hairline)', strokeOpacity: 1, ticks: 5 }),
      Plot.axisFy({ anchor: 'left', textAnchor: 'start', dx: -marginLeft + 2, fill: 'var(--mantine-color-text)' }),
      Plot.dot(points, { x: 'dice', y: 'region', fy: 'rater', r: 3.5, fill: color, fillOpacity: 0.6 }),
      Plot.tickX(
        points,
        Plot.groupY({ x: 'mean' }, { x: 'dice', y: 'region', fy: 'rater', stroke: color, strokeWidth: 2 }),
      ),
      Plot.tip(
        points,
        Plot.pointer({
          x: 'dice',
          y: 'region',
          fy: 'rater',
          title: ({ rater, caseName, dice }: LeftOut) => text.agreement.point(rater, caseName, formatScore(dice)),
          ...TIP,
        }),
      ),
    ],
  };
}
