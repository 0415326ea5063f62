/** The board as it is read: people among methods, and what has moved since it was last seen. Pure. */
import type { HumanRow, Leaderboard, LeaderboardRow } from '~/api/types';

export type Entry =
  | { readonly kind: 'method'; readonly key: string; readonly row: LeaderboardRow }
  | { readonly kind: 'human'; readonly key: string; readonly row: HumanRow };

export type RankChange = { readonly kind: 'moved'; readonly places: number } | { readonly kind: 'entered' };

/** Methods in rank order, each human rater where they would stand: after methods of a better or equal score. */
export function boardEntries(board: Leaderboard): Entry[] {
  const methods = board.rows.map((row): Entry => ({ kind: 'method', key: methodKey(row), row }));
  const humans = board.human_rows.map((row): Entry => ({ kind: 'human', key: `human:${row.rater.alias}`, row }));
  return [...methods, ...humans].sort((a, b) => overallOf(b) - overallOf(a) || rankOf(a) - rankOf(b));
}

function overallOf(entry: Entry): number {
  return entry.row.overall ?? -Infinity;
}

function rankOf(entry: Entry): number {
  return (entry.kind === 'method' ? entry.row.rank : null) ?? Infinity;
}

/** One row per participant, whichever of their submissions is best today. */
export function methodKey(row: LeaderboardRow): string {
  return `participant:${row.participant.id}`;
}

/** By key of the row. Positive places are a rise. Nothing has changed where nothing was seen before. */
export function rankChanges(
  before: readonly LeaderboardRow[] | null,
  after: readonly LeaderboardRow[],
): ReadonlyMap<string, RankChange> {
  const changes = new Map<string, RankChange>();
  if (before === null) return changes;
  const ranks = new Map(before.map((row) => [methodKey(row), row.rank]));
  for (const row of after) {
    if (row.rank === null) continue;
    const rank = ranks.get(methodKey(row));
    if (rank === undefined) changes.set(methodKey(row), { kind: 'entered' });
    else if (rank !== null && rank !== row.rank) {
      changes.set(methodKey(row), { kind: 'moved', places: rank - row.rank });
    }
  }
  return changes;
}

export interface Standing {
  readonly rank: number;
  readonly entrants: number;
  /** Human raters with a lower overall score. */
  readonly ratersBelow: number;
  readonly raters: number;
}

/** Where I stand, or null where I am not on the board, or see no ranks. */
export function myStanding(board: Leaderboard): Standing | null {
  const mine = board.rows.find((row) => row.is_mine);
  if (!mine || mine.overall === null || mine.rank === null) return null;
  const { overall } = mine;
  return {
    rank: mine.rank,
    entrants: board.rows.length,
    ratersBelow: board.human_rows.filter((row) => row.overall !== null && row.overall < overall).length,
    raters: board.human_rows.length,
  };
}
