/** The board as it is read: people among methods, and what has moved since it was last seen. Pure. */
import type { HumanRow, Leaderboard, LeaderboardRow } from '~/api/types';

export type Entry =
  | { readonly kind: 'method'; readonly key: string; readonly row: LeaderboardRow }
  | { readonly kind: 'human'; readonly key: string; readonly row: HumanRow };

export type RankChange = { readonly kind: 'moved'; readonly places: number } | { readonly kind: 'entered' };

/** Methods in rank order, each human rater before the first method that they would outrank; who has no rank last. */
export function boardEntries(board: Leaderboard): Entry[] {
  const methods = board.rows.map((row): Entry => ({ kind: 'method', key: methodKey(row), row }));
  const humans = board.human_rows.map((row): Entry => ({ kind: 'human', key: `human:${row.rater.alias}`, row }));
  return [...methods, ...humans].sort((a, b) => placeOf(a) - placeOf(b));
}

/** A rater who would be second stands between the first and who is second now. */
function placeOf(entry: Entry): number {
  if (entry.kind === 'human') return entry.row.would_rank - 0.5;
  return entry.row.rank ?? Number.MAX_VALUE;
}

/** One row per participant, whichever of their submissions is best today; one per model that is a baseline. */
export function methodKey(row: LeaderboardRow): string {
  if (row.kind === 'baseline') return `baseline:${row.submission_id}`;
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
  /** Human raters who would rank behind me. */
  readonly ratersBehind: number;
  readonly raters: number;
}

/** Where I stand, or null where I am not on the board, or see no ranks. */
export function myStanding(board: Leaderboard): Standing | null {
  const rank = board.rows.find((row) => row.is_mine && row.kind !== 'baseline')?.rank;
  if (rank == null) return null;
  return {
    rank,
    entrants: board.rows.filter((row) => row.rank !== null).length,
    ratersBehind: board.human_rows.filter((row) => row.would_rank > rank).length,
    raters: board.human_rows.length,
  };
}
