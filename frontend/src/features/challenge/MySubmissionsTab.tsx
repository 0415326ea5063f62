import { Button, Group, Stack } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';

import { queries } from '~/api/queries';
import type { Challenge, Phase } from '~/api/types';
import { submissionBarrier } from '~/features/phase';
import { SubmissionTable } from '~/features/submissions';
import { Query } from '~/ui';

import { text } from './text';

interface MySubmissionsTabProps {
  readonly challenge: Challenge;
  readonly phases: readonly Phase[];
}

export function MySubmissionsTab({ challenge, phases }: MySubmissionsTabProps) {
  const submissions = useQuery(queries.mySubmissions());
  const now = new Date();
  const open = phases.filter(
    (phase) => submissionBarrier(phase, { signedIn: true, role: challenge.my_role }, now) === null,
  );
  return (
    <Stack>
      {open.length > 0 && (
        <Group>
          {open.map((phase) => (
            <Button
              key={phase.id}
              component={Link}
              to={`/phases/${phase.id}/submit`}
              leftSection={<IconUpload size={16} aria-hidden />}
            >
              {phases.length > 1 ? `${text.submit}: ${phase.title}` : text.submit}
            </Button>
          ))}
        </Group>
      )}
      <Query of={submissions}>
        {({ results }) => (
          <SubmissionTable
            submissions={results.filter(({ phase }) => phase.challenge.id === challenge.id)}
            showChallenge={false}
          />
        )}
      </Query>
    </Stack>
  );
}
