import { useQuery } from '@tanstack/react-query';

import { queries } from '~/api/queries';
import type { ChallengeSummary } from '~/api/types';

import { modelQueries } from './queries';

/** The challenge that a model belongs to; null until it is known. */
export function useChallengeOf(algorithmId: string | null): ChallengeSummary | null {
  const algorithm = useQuery({ ...modelQueries.algorithm(algorithmId ?? ''), enabled: algorithmId !== null });
  const challenges = useQuery(queries.challenges());
  return challenges.data?.results.find(({ id }) => id === algorithm.data?.challenge) ?? null;
}
