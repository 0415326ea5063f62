import { Anchor, Button, Group, Text, Tooltip } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { Link } from 'react-router';

import type { SubmissionSummary } from '~/api/types';
import { StatusBadge } from '~/features/submissions/StatusBadge';
import { isUnderWay } from '~/features/submissions/steps';
import { type Column, ScoreCell, Time } from '~/ui';

import { text } from './text';

export function submissionColumns(onRetry: (submission: SubmissionSummary) => void): Column<SubmissionSummary>[] {
  const heads = text.submissions.columns;
  return [
    {
      key: 'participant',
      header: heads.participant,
      value: ({ participant }) => participant.name,
      render: ({ participant }) => (
        <Text size="sm" title={participant.username}>
          {participant.name}
        </Text>
      ),
    },
    {
      key: 'method',
      header: heads.method,
      value: ({ method_name }) => method_name,
      render: ({ id, method_name }) => (
        <Anchor component={Link} to={`/submissions/${id}`} fw={600} size="sm">
          {method_name}
        </Anchor>
      ),
    },
    {
      key: 'state',
      header: heads.state,
      value: ({ status }) => status,
      render: (row) => <State row={row} />,
    },
    {
      key: 'overall',
      header: heads.overall,
      numeric: true,
      firstDirection: 'descending',
      value: overallOf,
      render: (row) => (overallOf(row) === null ? '–' : <ScoreCell value={overallOf(row)} strong />),
    },
    {
      key: 'submitted',
      header: heads.submitted,
      firstDirection: 'descending',
      value: ({ created_at }) => created_at,
      render: ({ created_at }) => <Time iso={created_at} />,
    },
    {
      key: 'actions',
      header: heads.actions,
      render: (row) =>
        row.may_retry && (
          <Button
            size="compact-sm"
            variant="light"
            leftSection={<IconRefresh size={14} aria-hidden />}
            aria-label={text.submissions.retryNamed(row.method_name)}
            onClick={() => onRetry(row)}
          >
            {text.submissions.retry}
          </Button>
        ),
    },
  ];
}

function overallOf({ evaluations }: SubmissionSummary): number | null {
  return evaluations.find(({ status }) => status === 'scored')?.overall ?? null;
}

function State({ row }: { readonly row: SubmissionSummary }) {
  const { done, total } = row.progress;
  const reason = row.is_rescoring ? text.submissions.rescoring : row.reason;
  return (
    <Group gap={8} wrap="nowrap">
      <Tooltip label={reason} disabled={!reason} multiline maw={320}>
        <span>
          <StatusBadge status={row.status} />
        </span>
      </Tooltip>
      {isUnderWay(row) && total > 0 && (
        <Text size="xs" c="dimmed">
          {text.submissions.done(done, total)}
        </Text>
      )}
    </Group>
  );
}
