import { useCallback } from 'react';

import { PlotFigure, TIP } from '~/ui/PlotFigure';
import type { PlotLibrary, PlotOptions } from '~/ui/PlotFigure';

import { formatDifference_ml, type Limits, type VolumePoint } from './limits';

interface BlandAltmanPlotProps {
  readonly points: readonly VolumePoint[];
  /** Those that the limits are of, where it is not all: the others stay as a shade, and hold the axes still. */
  readonly shown?: readonly VolumePoint[];
  readonly limits: Limits;
  readonly color: string;
  readonly label: string;
  readonly axes: { readonly mean: string; readonly difference: string };
}

const HEIGHT_PX = 290;

/** Differences of two volumes against their mean; solid the bias, dashed the limits of agreement. */
export function BlandAltmanPlot({ points, shown = points, limits, color, label, axes }: BlandAltmanPlotProps) {
  const draw = useCallback(
    (plot: PlotLibrary) => options(plot, { points, shown, limits, color, axes }),
    [points, shown, limits, color, axes],
  );
  return <PlotFigure label={label} height_px={HEIGHT_PX} draw={draw} />;
}

type Drawn = Required<Omit<BlandAltmanPlotProps, 'label'>>;

function options(Plot: PlotLibrary, { points, shown, limits: { bias_ml, low_ml, high_ml }, color, axes }: Drawn): PlotOptions {
  const limits = [low_ml, high_ml].filter((value) => value !== null);
  const reach = Math.max(...[...points.map(({ difference_ml }) => difference_ml), ...limits].map(Math.abs));
  const largest = 1.05 * Math.max(...points.map(({ mean_ml }) => mean_ml));
  const half = 1.08 * (reach || 1);
  const others = points.filter((point) => !shown.includes(point));
  const place = { x: 'mean_ml', y: 'difference_ml' } as const;
  return {
    marginLeft: 48,
    marginRight: 12,
    marginTop: 22,
    marginBottom: 40,
    x: { label: axes.mean, labelArrow: 'none', labelAnchor: 'center', ticks: 5, domain: [0, largest || 1] },
    y: { label: axes.difference, labelArrow: 'none', ticks: 5, domain: [-half, half] },
    marks: [
      Plot.frame({ fill: 'var(--surface-sunken)', stroke: null, rx: 3 }),
      Plot.gridY({ stroke: 'var(--hairline)', strokeOpacity: 1, ticks: 5 }),
      Plot.ruleY([0], { stroke: 'var(--mantine-color-text)', strokeOpacity: 0.5 }),
      Plot.ruleY(limits, { stroke: color, strokeDasharray: '4 4', strokeWidth: 1.5 }),
      Plot.ruleY([bias_ml], { stroke: color, strokeWidth: 2 }),
      Plot.dot(others, { ...place, r: 3, fill: 'var(--mantine-color-dimmed)', fillOpacity: 0.3 }),
      Plot.dot(shown, { ...place, r: 4, fill: color, fillOpacity: 0.7 }),
      Plot.tip(
        shown,
        Plot.pointer({
          ...place,
          title: ({ name, difference_ml }: VolumePoint) => `${name}\n${formatDifference_ml(difference_ml)}`,
          ...TIP,
        }),
      ),
    ],
  };
}
