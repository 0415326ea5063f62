import { useQueries, useQuery } from '@tanstack/react-query';

import { organizerQueries } from '../queries';
import { text } from './text';

export interface VersionChoice {
  readonly value: string;
  readonly label: string;
  /** Of its scheme. */
  readonly regions: number;
}

/** Every version of the challenge's datasets, the newest of each first; null until known. */
export function useVersionChoices(slug: string): VersionChoice[] | null {
  const datasets = useQuery(organizerQueries.datasets(slug));
  const versions = useQueries({ queries: (datasets.data ?? []).map(({ id }) => organizerQueries.versions(id)) });
  if (!datasets.data || versions.some(({ data }) => !data)) return null;
  return datasets.data.flatMap(({ name, scheme }, index) =>
    [...(versions[index]?.data ?? [])]
      .sort((a, b) => b.number - a.number)
      .map(({ id, number, case_count }) => ({
        value: id,
        label: text.form.versionOf(name, number, case_count),
        regions: scheme.regions.length,
      })),
  );
}
