import * as Plot from '@observablehq/plot';
import { useCallback } from 'react';

import { formatScore } from '~/format';
import { PlotFigure, regionColor } from '~/ui';

import { axisStart, type Pair } from './agreement';
import { text } from './text';

interface PairHeatmapProps {
  readonly pairs: readonly Pair[];
  readonly region: { readonly key: string; readonly name: string; readonly position: number };
}

const CELL_PX = 44;
const COLLATOR = new Intl.Collator('en', { numeric: true });

/** Rater against rater in the region's colour: the fuller, the closer. */
export function PairHeatmap({ pairs, region }: PairHeatmapProps) {
  const { key, name, position } = region;
  const draw = useCallback(() => heatOptions(pairs, regionColor(key, position)), [pairs, key, position]);
  return <PlotFigure label={text.agreement.heatLabel(name)} draw={draw} />;
}

function heatOptions(pairs: readonly Pair[], color: string): Plot.PlotOptions {
  const raters = [...new Set(pairs.map(({ first }) => first))].sort(COLLATOR.compare);
  const start = axisStart(pairs.map(({ dice }) => dice));
  // Between 15 and 90 % of the region's colour over the range that occurs: the figures stay readable on it.
  const strength = ({ dice }: Pair) => 0.15 + (0.75 * (dice - start)) / (1 - start);
  const longest = Math.max(4, ...raters.map(({ length }) => length));
  return {
    height: raters.length * CELL_PX + 52,
    marginLeft: Math.min(130, 14 + 7 * longest),
    marginTop: 4,
    marginRight: 4,
    marginBottom: 48,
    x: { domain: raters, label: null, tickSize: 0, tickRotate: raters.length > 4 || longest > 9 ? -25 : 0 },
    y: { domain: raters, label: null, tickSize: 0 },
    marks: [
      Plot.cell(pairs, { x: 'first', y: 'second', fill: color, fillOpacity: strength, inset: 1, rx: 3 }),
      Plot.text(pairs, {
        x: 'first',
        y: 'second',
        text: ({ dice }: Pair) => dice.toFixed(2),
        fill: 'var(--mantine-color-text)',
        fontWeight: 600,
      }),
      Plot.tip(
        pairs,
        Plot.pointer({
          x: 'first',
          y: 'second',
          title: ({ first, second, dice, cases }: Pair) => text.agreement.pair(first, second, formatScore(dice), cases),
          fill: 'var(--surface)',
          stroke: 'var(--mantine-color-default-border)',
        }),
      ),
    ],
  };
}
