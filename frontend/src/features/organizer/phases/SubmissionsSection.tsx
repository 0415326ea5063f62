import { Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { answered, api } from '~/api/client';
import { keys, queries } from '~/api/queries';
import type { Phase, SubmissionSummary } from '~/api/types';
import { metricOf, useMetrics } from '~/features/metrics';
import { defaultPhase, PhaseSelect } from '~/features/phase';
import { useTopic } from '~/live';
import { EmptyState, Query, SortableTable } from '~/ui';

import { useAction } from '../useAction';
import { submissionColumns } from './submissionColumns';
import { text } from './text';

/** What all participants have handed in, live. */
export function SubmissionsSection({ phases }: { readonly phases: readonly Phase[] }) {
  const [chosen, setChosen] = useState<string | null>(null);
  const phase = phases.find(({ id }) => id === chosen) ?? defaultPhase(phases, new Date());
  if (!phase) return null;
  return (
    <Stack gap="sm" component="section">
      <Group justify="space-between">
        <Title order={2}>{text.submissions.title}</Title>
        <PhaseSelect phases={phases} value={phase} onChange={({ id }) => setChosen(id)} />
      </Group>
      <PhaseSubmissions key={phase.id} phase={phase} />
    </Stack>
  );
}

function PhaseSubmissions({ phase }: { readonly phase: Phase }) {
  useTopic(`submissions:${phase.id}`);
  const submissions = useQuery(queries.phaseSubmissions(phase.id));
  const metric = metricOf(useMetrics(), phase.ranking_metrics[0] ?? 'dice');
  const retry = useAction(
    ({ id }: SubmissionSummary) =>
      answered(api.POST('/api/v1/submissions/{submission_id}/retry/', { params: { path: { submission_id: id } } })),
    { stale: [keys.phaseSubmissions(phase.id)], done: () => text.submissions.retried },
  );
  return (
    <Query of={submissions}>
      {({ results }) =>
        results.length === 0 ? (
          <EmptyState icon={<IconUpload size={28} />} title={text.submissions.none}>
            {text.submissions.noneHint}
          </EmptyState>
        ) : (
          <Stack gap="xs">
            <Text size="sm" c="dimmed">
              {text.submissions.count(results.length)}
            </Text>
            <Paper style={{ overflow: 'hidden' }}>
              <SortableTable
                caption={text.submissions.caption}
                rows={results}
                columns={submissionColumns(metric, (submission) => retry.mutate(submission))}
                rowKey={({ id }) => id}
                initial={{ key: 'submitted', direction: 'descending' }}
                minWidth={680}
                maxHeight={640}
              />
            </Paper>
          </Stack>
        )
      }
    </Query>
  );
}
