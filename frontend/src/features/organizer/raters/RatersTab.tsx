import { Paper, Stack, Title } from '@mantine/core';
import { IconPhotoOff, IconUserPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';

import type { Challenge } from '~/api/types';
import { EmptyState, Query } from '~/ui';

import { DatasetScope } from '../DatasetScope';
import { AddMemberForm } from '../members/AddMemberForm';
import { MembersTable } from '../members/MembersTable';
import { type Dataset, organizerQueries } from '../queries';
import { AssignForm } from './AssignForm';
import { OfferForm } from './OfferForm';
import { OfferList } from './OfferList';
import { ProgressSection } from './ProgressSection';
import { RereadSection } from './RereadSection';
import { text } from './text';

/** Who annotates, what they have, and how far they are. */
export function RatersTab({ challenge }: { readonly challenge: Challenge }) {
  return (
    <Stack gap="xl">
      <DatasetScope challenge={challenge}>{(dataset) => <DatasetRaters challenge={challenge} dataset={dataset} />}</DatasetScope>
      <RaterMembers challenge={challenge} />
    </Stack>
  );
}

function DatasetRaters({ challenge, dataset }: { readonly challenge: Challenge; readonly dataset: Dataset }) {
  const members = useQuery(organizerQueries.members(challenge.slug));
  const cases = useQuery(organizerQueries.cases(dataset.id, null));
  const raters = (members.data ?? []).filter(({ role }) => role === 'rater');
  return (
    <Query of={cases}>
      {(found) =>
        found.length === 0 ? (
          <EmptyState icon={<IconPhotoOff size={28} />} title={text.noCases.title}>
            {text.noCases.sentence}
          </EmptyState>
        ) : (
          <Stack gap="xl">
            <ProgressSection dataset={dataset} cases={found} members={members.data ?? []} />
            <AssignForm dataset={dataset} cases={found} raters={raters} />
            {raters.length > 0 && (
              <Stack gap="md">
                <OfferForm dataset={dataset} cases={found} raters={raters} />
                <OfferList dataset={dataset} />
              </Stack>
            )}
            {raters.length > 0 && <RereadSection dataset={dataset} raters={raters} />}
          </Stack>
        )
      }
    </Query>
  );
}

function RaterMembers({ challenge }: { readonly challenge: Challenge }) {
  const members = useQuery(organizerQueries.members(challenge.slug));
  return (
    <Stack gap="sm" component="section">
      <Title order={2}>{text.members}</Title>
      <Query of={members}>
        {(found) => {
          const raters = found.filter(({ role }) => role === 'rater');
          return raters.length === 0 ? (
            <EmptyState icon={<IconUserPlus size={28} />} title={text.noRaters.title}>
              {text.noRaters.sentence}
            </EmptyState>
          ) : (
            <MembersTable slug={challenge.slug} members={raters} showRole={false} />
          );
        }}
      </Query>
      <Paper p="md">
        <AddMemberForm slug={challenge.slug} onlyRole="rater" />
      </Paper>
    </Stack>
  );
}
