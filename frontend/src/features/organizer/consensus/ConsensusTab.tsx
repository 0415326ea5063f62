import { Stack } from '@mantine/core';
import { IconUsersGroup } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';

import type { Challenge } from '~/api/types';
import { EmptyState, Query } from '~/ui';

import { DatasetScope } from '../DatasetScope';
import { type Dataset, organizerQueries } from '../queries';
import type { NameOf } from './agreement';
import { AgreementSection } from './AgreementSection';
import { CasesSection } from './CasesSection';
import { MethodPanel } from './MethodPanel';
import { text } from './text';

/** How labels become one, and how far the raters agree. */
export function ConsensusTab({ challenge }: { readonly challenge: Challenge }) {
  return <DatasetScope challenge={challenge}>{(dataset) => <DatasetConsensus dataset={dataset} />}</DatasetScope>;
}

function DatasetConsensus({ dataset }: { readonly dataset: Dataset }) {
  const rows = useQuery(organizerQueries.consensus(dataset.id));
  const nameOf = useRaterNames(dataset.challenge.slug);
  return (
    <Stack gap="xl">
      <MethodPanel dataset={dataset} />
      <Query of={rows}>
        {(found) =>
          found.length === 0 ? (
            <EmptyState icon={<IconUsersGroup size={28} />} title={text.empty.title}>
              {text.empty.sentence}
            </EmptyState>
          ) : (
            <>
              <CasesSection dataset={dataset} rows={found} nameOf={nameOf} />
              <AgreementSection dataset={dataset} rows={found} nameOf={nameOf} />
            </>
          )
        }
      </Query>
    </Stack>
  );
}

function useRaterNames(slug: string): NameOf {
  const { data } = useQuery(organizerQueries.members(slug));
  const aliases = useMemo(() => new Map((data ?? []).map(({ user, alias }) => [user.id, alias])), [data]);
  return useCallback(({ id, name }) => aliases.get(id) || name, [aliases]);
}
