import { Alert, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';

import { queries } from '~/api/queries';
import type { Submission } from '~/api/types';
import { FindingsPanel, ProgressSteps } from '~/features/submissions';
import { useTopic } from '~/live';
import { Query } from '~/ui';

import { text } from './text';

interface PreflightProps {
  readonly submissionId: string;
  readonly onAnother: () => void;
}

/** What has just been handed in, and everything the check has to say of it. */
export function Preflight({ submissionId, onAnother }: PreflightProps) {
  useTopic(`submission:${submissionId}`);
  const submission = useQuery(queries.submission(submissionId));
  return (
    <Query of={submission}>
      {(found) => (
        <Stack gap="lg">
          <Paper p="md">
            <Title order={2} mb="md">
              {found.method_name}
            </Title>
            <ProgressSteps submission={found} />
          </Paper>
          <Outcome submission={found} />
          <Group>
            <Button component={Link} to={`/submissions/${found.id}`} variant={wasRefused(found) ? 'default' : 'filled'}>
              {text.result.open}
            </Button>
            <Button variant={wasRefused(found) ? 'filled' : 'default'} onClick={onAnother}>
              {text.result.another}
            </Button>
          </Group>
        </Stack>
      )}
    </Query>
  );
}

function wasRefused({ status }: Submission): boolean {
  return status === 'rejected';
}

function Outcome({ submission }: { readonly submission: Submission }) {
  if (submission.status === 'received' || submission.status === 'validating') return null;
  return (
    <>
      {wasRefused(submission) && <Alert color="red">{text.result.refused}</Alert>}
      {submission.findings.length > 0 ? (
        <FindingsPanel findings={submission.findings} />
      ) : (
        <Group gap={8} c="var(--good)">
          <IconCircleCheck size={18} aria-hidden />
          <Text size="sm">{text.result.fine}</Text>
        </Group>
      )}
    </>
  );
}
