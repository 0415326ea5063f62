import { useQuery } from '@tanstack/react-query';

import { adjudicationQueries, type AdjudicationSummary } from './queries';

/** The signed adjudication that a consensus version came from: while it stands, no fusion replaces that version. */
export function useSigned(datasetId: string, version: string | undefined): AdjudicationSummary | null {
  const { data } = useQuery(adjudicationQueries.ofDataset(datasetId));
  return data?.find(({ status, result }) => status === 'signed' && result?.id === version) ?? null;
}
