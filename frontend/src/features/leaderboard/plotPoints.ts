/** The board as points to draw: one per entrant and lane (each region, then overall). Pure. */
import type { HumanRow, Leaderboard, LeaderboardRow } from '~/api/types';

export interface PlotPoint {
  readonly kind: 'method' | 'mine' | 'rater';
  readonly lane: string;
  readonly name: string;
  readonly value: number;
}

/** Points without a value are not drawn. */
export function plotPoints(board: Leaderboard, overall: string): PlotPoint[] {
  return [
    ...board.human_rows.flatMap((row) => lanesOf(board, row, overall, 'rater', row.rater.alias)),
    ...board.rows.flatMap((row) =>
      lanesOf(board, row, overall, row.is_mine ? 'mine' : 'method', row.rank === null ? row.method_name : `${row.rank}. ${row.method_name}`),
    ),
  ];
}

function lanesOf(
  board: Leaderboard,
  row: LeaderboardRow | HumanRow,
  overall: string,
  kind: PlotPoint['kind'],
  name: string,
): PlotPoint[] {
  const values: [string, number | null | undefined][] = [
    ...board.regions.map((region): [string, number | null | undefined] => [region.name, row.means[region.key]]),
    [overall, row.overall],
  ];
  return values.flatMap(([lane, value]) => (value == null ? [] : [{ kind, lane, name, value }]));
}
