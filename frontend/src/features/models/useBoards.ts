import { useQueries, type UseQueryResult } from '@tanstack/react-query';

import { queries } from '~/api/queries';
import type { Leaderboard } from '~/api/types';

/** The boards of these phases, as far as they have come; the same array while nothing of them changes. */
export function useBoards(phases: readonly { readonly id: string }[]): readonly Leaderboard[] {
  return useQueries({ queries: phases.map(({ id }) => queries.leaderboard(id)), combine: thatCame });
}

function thatCame(found: readonly UseQueryResult<Leaderboard>[]): Leaderboard[] {
  return found.flatMap(({ data }) => data ?? []);
}
