import { Anchor, Group, Loader, Paper, Text, Tooltip } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { Link } from 'react-router';

import type { SubmissionSummary } from '~/api/types';
import { type Column, EmptyState, ScoreCell, SortableTable, Time } from '~/ui';

import { ListenTo } from './ListenTo';
import { StatusBadge } from './StatusBadge';
import { isUnderWay } from './steps';
import { text } from './text';

/** More topics than this at once are not worth their messages: older rows are fetched with the page. */
const MOST_TOPICS = 20;

interface SubmissionTableProps {
  readonly submissions: readonly SubmissionSummary[];
  readonly showChallenge: boolean;
}

export function SubmissionTable({ submissions, showChallenge }: SubmissionTableProps) {
  if (submissions.length === 0) {
    return (
      <EmptyState icon={<IconUpload size={28} />} title={text.list.empty.title}>
        {text.list.empty.sentence}
      </EmptyState>
    );
  }
  return (
    <Paper style={{ overflow: 'hidden' }}>
      {submissions.slice(0, MOST_TOPICS).map(({ id }) => (
        <ListenTo key={id} topic={`submission:${id}`} />
      ))}
      <SortableTable
        caption={text.list.caption}
        rows={submissions}
        columns={columnsOf(showChallenge)}
        rowKey={({ id }) => id}
        initial={{ key: 'submitted', direction: 'descending' }}
        minWidth={560}
      />
    </Paper>
  );
}

function overallOf({ evaluations }: SubmissionSummary): number | null {
  return evaluations.find(({ status }) => status === 'scored')?.overall.dice ?? null;
}

function columnsOf(showChallenge: boolean): Column<SubmissionSummary>[] {
  const heads = text.list.columns;
  return [
    {
      key: 'method',
      header: heads.method,
      value: ({ method_name }) => method_name,
      render: ({ id, method_name, archive_name }) => (
        <>
          <Anchor component={Link} to={`/submissions/${id}`} fw={600} size="sm">
            {method_name}
          </Anchor>
          <Text size="xs" c="dimmed" truncate maw={240}>
            {archive_name}
          </Text>
        </>
      ),
    },
    {
      key: 'state',
      header: heads.state,
      value: ({ status }) => text.status[status],
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
      key: 'phase',
      header: heads.phase,
      value: ({ phase }) => `${phase.challenge.title} ${phase.title}`,
      render: ({ phase }) => (
        <>
          {phase.title}
          {showChallenge && (
            <Text size="xs" c="dimmed">
              <Anchor component={Link} to={`/challenges/${phase.challenge.slug}`} inherit c="inherit">
                {phase.challenge.title}
              </Anchor>
            </Text>
          )}
        </>
      ),
    },
    {
      key: 'submitted',
      header: heads.submitted,
      firstDirection: 'descending',
      value: ({ created_at }) => created_at,
      render: ({ created_at }) => <Time iso={created_at} />,
    },
  ];
}

function State({ row }: { readonly row: SubmissionSummary }) {
  const { done, total } = row.progress;
  return (
    <Group gap={8} wrap="nowrap">
      <StatusBadge status={row.status} />
      {isUnderWay(row) && (
        <Tooltip label={row.is_rescoring ? text.list.rescoring : row.reason || text.status[row.status]}>
          <Group gap={6} wrap="nowrap">
            {row.status !== 'accepted' && <Loader size={12} />}
            {total > 0 && (
              <Text size="xs" c="dimmed">
                {done}/{total}
              </Text>
            )}
          </Group>
        </Tooltip>
      )}
    </Group>
  );
}
