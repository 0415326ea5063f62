/** The board as points to draw: one per entrant and lane (each region, then overall), of one metric. Pure. */
import type { HumanRow, Leaderboard, LeaderboardRow, Metric } from '~/api/types';
import { isShare } from '~/features/metrics';
import { lowerBound } from '~/ui';

export interface PlotPoint {
  readonly kind: 'method' | 'mine' | 'baseline' | 'rater';
  readonly lane: string;
  readonly name: string;
  readonly value: number;
}

/** Points without a value are not drawn. */
export function plotPoints(board: Leaderboard, metric: string, overall: string): PlotPoint[] {
  const lanes = (row: LeaderboardRow | HumanRow, kind: PlotPoint['kind'], name: string) =>
    [
      ...board.regions.map((region) => ({ lane: region.name, value: row.means[metric]?.[region.key] })),
      { lane: overall, value: row.overall[metric] },
    ].flatMap(({ lane, value }) => (value == null ? [] : [{ kind, lane, name, value }]));
  return [
    ...board.human_rows.flatMap((row) => lanes(row, 'rater', row.rater.alias)),
    ...board.rows.flatMap((row) =>
      lanes(row, kindOf(row), row.rank === null ? row.method_name : `${row.rank}. ${row.method_name}`),
    ),
  ];
}

/** A baseline is nobody's own, whoever ran it. */
function kindOf({ kind, is_mine }: LeaderboardRow): PlotPoint['kind'] {
  if (kind === 'baseline') return 'baseline';
  return is_mine ? 'mine' : 'method';
}

/** Shares end at 1 and begin below the least; lengths, volumes and counts have 0 in sight. */
export function plotDomain(values: readonly number[], metric: Pick<Metric, 'unit'>): [number, number] {
  if (isShare(metric)) return [lowerBound(values), 1];
  const most = Math.max(0, ...values);
  const least = Math.min(0, ...values);
  return most === least ? [0, 1] : [least, most];
}
