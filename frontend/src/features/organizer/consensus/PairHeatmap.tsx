import { Text } from '@mantine/core';
import { useCallback } from 'react';

import { lowerBound, PlotFigure, regionColor, TIP } from '~/ui';
import type { PlotLibrary, PlotOptions } from '~/ui/PlotFigure';

import { formatKappa, inOrder, marginOf, type Pair, type PairMeasure } from './agreement';
import { text } from './text';

interface PairHeatmapProps {
  readonly pairs: readonly Pair[];
  readonly measure: PairMeasure;
  readonly region: { readonly key: string; readonly name: string; readonly position: number };
}

const CELL_PX = 44;
/** As wide as names may be together before they are slanted. */
const CROWDED_PX = 320;

/** Rater against rater in the region's colour: the fuller, the closer. */
export function PairHeatmap({ pairs, measure, region }: PairHeatmapProps) {
  const { key, name, position } = region;
  const draw = useCallback(
    (plot: PlotLibrary) => heatOptions(plot, pairs, regionColor(key, position)),
    [pairs, key, position],
  );
  if (pairs.length === 0) return <Text size="sm">{text.agreement.notMeasured}</Text>;
  return <PlotFigure label={text.agreement.heatLabel(measure, name)} draw={draw} />;
}

function heatOptions(Plot: PlotLibrary, pairs: readonly Pair[], color: string): PlotOptions {
  const raters = inOrder(pairs.map(({ first }) => first));
  const start = lowerBound(pairs.map(({ value }) => value));
  // Between 15 and 90 % of the region's colour over the range that occurs: the figures stay readable on it.
  const strength = ({ value }: Pair) => 0.15 + (0.75 * Math.max(0, value - start)) / (1 - start);
  const marginLeft = marginOf(raters);
  const crowded = raters.length * marginLeft > CROWDED_PX;
  const below = crowded ? 48 : 24;
  return {
    height: raters.length * CELL_PX + below + 4,
    marginLeft,
    marginTop: 4,
    marginRight: 4,
    marginBottom: below,
    x: { domain: raters, label: null, tickSize: 0, tickRotate: crowded ? -25 : 0 },
    y: { domain: raters, label: null, tickSize: 0 },
    marks: [
      Plot.cell(pairs, { x: 'first', y: 'second', fill: color, fillOpacity: strength, inset: 1, rx: 3 }),
      Plot.text(pairs, {
        x: 'first',
        y: 'second',
        text: ({ value }: Pair) => value.toFixed(2).replace('-', '−'),
        fill: 'var(--mantine-color-text)',
        fontWeight: 600,
      }),
      Plot.tip(
        pairs,
        Plot.pointer({
          x: 'first',
          y: 'second',
          title: ({ first, second, value, cases }: Pair) => text.agreement.pair(first, second, formatKappa(value), cases),
          ...TIP,
        }),
      ),
    ],
  };
}
