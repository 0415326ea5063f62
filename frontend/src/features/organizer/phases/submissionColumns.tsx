import { Anchor, Button, Group, Text, Tooltip } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { Link } from 'react-router';

import type { Metric, SubmissionSummary } from '~/api/types';
import { MetricValue, nameWithUnit } from '~/features/metrics';
import { OlderSetBadge } from '~/features/submissions/OlderSet';
import { StatusBadge } from '~/features/submissions/StatusBadge';
import { isUnderWay } from '~/features/submissions/steps';
import { type Column, Time } from '~/ui';

import { text } from './text';

/** `metric` is the one that the phase ranks by first. */
export function submissionColumns(
  metric: Metric,
  onRetry: (submission: SubmissionSummary) => void,
): Column<SubmissionSummary>[] {
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
      header: heads.overall(nameWithUnit(metric)),
      numeric: true,
      firstDirection: metric.higher_is_better === false ? 'ascending' : 'descending',
      value: (row) => overallOf(row, metric),
      render: (row) => <Overall row={row} metric={metric} />,
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

function standingOf({ evaluations }: SubmissionSummary) {
  return evaluations.find(({ status }) => status === 'scored');
}

function overallOf(row: SubmissionSummary, { key }: Metric): number | null {
  return standingOf(row)?.overall[key] ?? null;
}

function Overall({ row, metric }: { readonly row: SubmissionSummary; readonly metric: Metric }) {
  const standing = standingOf(row);
  if (!standing) return '–';
  return (
    <Group gap={8} wrap="nowrap" justify="flex-end">
      {!standing.is_current_set && <OlderSetBadge metricSet={standing.metric_set} />}
      <MetricValue value={overallOf(row, metric)} metric={metric} strong />
    </Group>
  );
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
