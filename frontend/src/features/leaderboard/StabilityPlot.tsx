import { useCallback } from 'react';

import type { RankedEntrant } from '~/api/types';
import { PlotFigure, type PlotLibrary, type PlotOptions, TIP } from '~/ui/PlotFigure';

import { entrantLabel, formatInterval, type PlaceShare, placeShares } from './stability';
import { text } from './text';

const LANE_PX = 38;
const AXIS_PX = 46;
const LARGEST_PX = 14;
const LONGEST_NAME = 18;
const WIDE_ENOUGH_PX = 30;

/** Place by entrant: a disc for each place that was taken, its area the share, over the interval of the rank. */
export function StabilityPlot({ entrants }: { readonly entrants: readonly RankedEntrant[] }) {
  const draw = useCallback((plot: PlotLibrary) => plotOptions(plot, entrants), [entrants]);
  const stable = entrants.map((entrant) => `${entrantLabel(entrant)}: ${formatInterval(entrant.rank_interval)}`).join('; ');
  return (
    <div style={{ minWidth: 190 + WIDE_ENOUGH_PX * entrants.length }}>
      <PlotFigure
        label={text.stability.places.label(stable)}
        height_px={entrants.length * LANE_PX + AXIS_PX}
        draw={draw}
      />
    </div>
  );
}

function plotOptions(Plot: PlotLibrary, entrants: readonly RankedEntrant[]): PlotOptions {
  const lanes = entrants.map((_, position) => position);
  const places = lanes.map((position) => position + 1);
  const label = (position: number) => {
    const entrant = entrants[position];
    return entrant ? entrantLabel(entrant, LONGEST_NAME) : '';
  };
  return {
    marginLeft: 150,
    marginRight: 16,
    marginTop: 8,
    marginBottom: 38,
    x: { domain: [0.5, entrants.length + 0.5], label: text.stability.places.axis, ticks: places, tickFormat: 'd', tickSize: 0, labelAnchor: 'center', labelArrow: 'none' },
    y: { domain: lanes, type: 'band', padding: 0.1, label: null, tickFormat: label, tickSize: 0 },
    r: { domain: [0, 1], range: [0, LARGEST_PX] },
    marks: [
      Plot.gridY({ stroke: 'var(--hairline)', strokeOpacity: 1 }),
      Plot.gridX(places, { stroke: 'var(--hairline)', strokeOpacity: 1 }),
      Plot.link(entrants, {
        x1: ({ rank_interval }: RankedEntrant) => rank_interval?.[0],
        x2: ({ rank_interval }: RankedEntrant) => rank_interval?.[1],
        y: (_: RankedEntrant, position: number) => position,
        stroke: 'var(--human)',
        strokeWidth: 5,
        strokeOpacity: 0.35,
        strokeLinecap: 'round',
      }),
      Plot.dot(placeShares(entrants), {
        x: 'place',
        y: 'entrant',
        r: 'share',
        fill: 'var(--accent)',
        fillOpacity: 0.85,
        stroke: 'var(--surface)',
      }),
      Plot.tip(
        placeShares(entrants),
        Plot.pointer({
          x: 'place',
          y: 'entrant',
          title: ({ entrant, place, share }: PlaceShare) => text.stability.places.tip(label(entrant), place, percent(share)),
          ...TIP,
        }),
      ),
    ],
  };
}

function percent(share: number): string {
  return share < 0.01 ? '<1 %' : `${Math.round(100 * share)} %`;
}
