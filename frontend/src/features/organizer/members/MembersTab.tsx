import { Paper, SegmentedControl, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import type { Challenge } from '~/api/types';
import { Query } from '~/ui';

import { organizerQueries, type Role } from '../queries';
import { AddMemberForm } from './AddMemberForm';
import { MembersTable } from './MembersTable';
import { text } from './text';

/** Everyone with a role. */
export function MembersTab({ challenge }: { readonly challenge: Challenge }) {
  const members = useQuery(organizerQueries.members(challenge.slug));
  const [only, setOnly] = useState<Role | 'all'>('all');
  return (
    <Stack gap="lg">
      <Text c="dimmed" size="sm" maw={720}>
        {text.lead}
      </Text>
      <Paper p="md">
        <AddMemberForm slug={challenge.slug} />
      </Paper>
      <Query of={members}>
        {(found) => (
          <Stack gap="sm">
            <SegmentedControl
              size="xs"
              aria-label={text.filter}
              value={only}
              onChange={(value) => setOnly(value as Role | 'all')}
              data={[
                { value: 'all', label: `${text.all} ${found.length}` },
                ...Object.entries(text.roles).map(([value, label]) => ({
                  value,
                  label: `${label} ${found.filter(({ role }) => role === value).length}`,
                })),
              ]}
              style={{ alignSelf: 'flex-start' }}
            />
            <MembersTable
              slug={challenge.slug}
              members={found.filter(({ role }) => only === 'all' || role === only)}
            />
          </Stack>
        )}
      </Query>
    </Stack>
  );
}
