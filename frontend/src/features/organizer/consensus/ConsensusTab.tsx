import { Stack } from '@mantine/core';
import { IconUsersGroup } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';

import type { Challenge } from '~/api/types';
import { EmptyState, Query } from '~/ui';

import { DatasetAdjudications } from '../../adjudication/AdjudicationList';
import { DatasetScope } from '../DatasetScope';
import { type Dataset, type FusionMethod, organizerQueries } from '../queries';
import type { NameOf } from './agreement';
import { AgreementSection } from './AgreementSection';
import { CasesSection } from './CasesSection';
import { IntraRaterSection } from './IntraRaterSection';
import { MethodPanel } from './MethodPanel';
import { text } from './text';

/** How labels become one, and how far the raters agree. */
export function ConsensusTab({ challenge }: { readonly challenge: Challenge }) {
  const methods = useQuery(organizerQueries.fusionMethods());
  return (
    <DatasetScope challenge={challenge}>
      {(dataset) => (
        <Query of={methods}>{(found) => <DatasetConsensus key={dataset.id} dataset={dataset} methods={found} />}</Query>
      )}
    </DatasetScope>
  );
}

interface DatasetConsensusProps {
  readonly dataset: Dataset;
  readonly methods: readonly FusionMethod[];
}

function DatasetConsensus({ dataset, methods }: DatasetConsensusProps) {
  const rows = useQuery(organizerQueries.consensus(dataset.id));
  const agreement = useQuery(organizerQueries.agreement(dataset.id));
  const nameOf = useRaterNames(dataset.challenge.slug);
  return (
    <Stack gap="xl">
      <MethodPanel dataset={dataset} methods={methods} rows={rows.data ?? null} />
      <Query of={rows}>
        {(found) =>
          found.length === 0 ? (
            <EmptyState icon={<IconUsersGroup size={28} />} title={text.empty.title}>
              {text.empty.sentence}
            </EmptyState>
          ) : (
            <>
              <CasesSection dataset={dataset} methods={methods} rows={found} nameOf={nameOf} />
              <DatasetAdjudications datasetId={dataset.id} />
              <Query of={agreement}>
                {(measured) => (
                  <>
                    <AgreementSection dataset={dataset} agreement={measured} nameOf={nameOf} />
                    <IntraRaterSection dataset={dataset} agreement={measured} nameOf={nameOf} />
                  </>
                )}
              </Query>
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
