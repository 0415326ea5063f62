import { Anchor, Button, Group, Paper, Progress, SegmentedControl, Stack, Text } from '@mantine/core';
import { IconArrowRight, IconBrush, IconChecks } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';

import { formatDay } from '~/format';
import { useTopic } from '~/live';
import { type Person, useSession } from '~/session';
import { type Column, EmptyState, Lines, Page, Query, SortableTable } from '~/ui';

import { type Assignment, raterQueries } from './queries';
import { filtered, isOpen, isOverdue, nextOpen, type QueueFilter } from './queue';
import { StateBadge } from './StateBadge';
import { text } from './text';

export function RaterHome() {
  const { known, user } = useSession();
  if (!known) return <Page title={text.home.title}><Lines /></Page>;
  if (!user) {
    return (
      <Page title={text.home.title}>
        <EmptyState icon={<IconBrush size={28} />} title={text.home.signIn} />
      </Page>
    );
  }
  return <Queue user={user} />;
}

function Queue({ user }: { readonly user: Person }) {
  useTopic(`rater:${user.id}`);
  const assignments = useQuery(raterQueries.mine(user.id));
  const next = nextOpen(assignments.data?.results ?? []);
  return (
    <Page
      title={text.home.title}
      lead={text.home.lead}
      aside={
        next && (
          <Button component={Link} to={`/rate/${next.id}`} rightSection={<IconArrowRight size={16} aria-hidden />}>
            {text.home.next}: {next.case.name}
          </Button>
        )
      }
    >
      <Query of={assignments}>
        {({ results }) =>
          results.length === 0 ? (
            <EmptyState icon={<IconBrush size={28} />} title={text.home.none}>
              {text.home.noneHint}
            </EmptyState>
          ) : (
            <Assignments assignments={results} />
          )
        }
      </Query>
    </Page>
  );
}

function Assignments({ assignments }: { readonly assignments: readonly Assignment[] }) {
  const submitted = assignments.filter((one) => !isOpen(one)).length;
  const [filter, setFilter] = useState<QueueFilter>(submitted < assignments.length ? 'open' : 'all');
  const rows = filtered(assignments, filter);
  return (
    <Stack>
      <Group justify="space-between" gap="md">
        <SegmentedControl
          size="sm"
          aria-label={text.home.filter}
          value={filter}
          onChange={(value) => setFilter(value as QueueFilter)}
          data={Object.entries(text.home.filters).map(([value, label]) => ({ value, label }))}
        />
        <Group gap="sm" style={{ flex: '0 1 320px' }} wrap="nowrap">
          <Progress
            value={(100 * submitted) / assignments.length}
            style={{ flex: 1 }}
            aria-label={text.home.progress(submitted, assignments.length)}
          />
          <Text size="sm" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
            {text.home.progress(submitted, assignments.length)}
          </Text>
        </Group>
      </Group>
      {rows.length === 0 ? (
        <EmptyState
          icon={<IconChecks size={28} />}
          title={filter === 'open' ? text.home.nothingOpen : text.home.nothingSubmitted}
        >
          {filter === 'open' && text.home.allDone}
        </EmptyState>
      ) : (
        <Paper style={{ overflow: 'hidden' }}>
          <SortableTable
            caption={text.home.title}
            rows={rows}
            columns={COLUMNS}
            rowKey={({ id }) => id}
            initial={{ key: 'urgency', direction: 'ascending' }}
            minWidth={620}
          />
        </Paper>
      )}
    </Stack>
  );
}

const COLUMNS: Column<Assignment>[] = [
  {
    key: 'image',
    header: text.home.columns.image,
    width: 76,
    render: (row) => (
      <img src={row.case.thumbnail_url} alt="" width={56} height={56} loading="lazy" style={{ borderRadius: 4, background: '#000' }} />
    ),
  },
  {
    key: 'name',
    header: text.home.columns.case,
    value: (row) => row.case.name,
    render: (row) => (
      <Anchor component={Link} to={`/rate/${row.id}`} fw={600} size="sm">
        {row.case.name}
      </Anchor>
    ),
  },
  {
    key: 'state',
    header: text.home.columns.state,
    value: (row) => row.annotation.status,
    render: (row) => <StateBadge status={row.annotation.status} />,
  },
  {
    key: 'due',
    header: text.home.columns.due,
    value: (row) => row.due_at ?? null,
    render: (row) => <Due assignment={row} />,
  },
  {
    key: 'dataset',
    header: text.home.columns.dataset,
    value: (row) => row.dataset.name,
    render: (row) => (
      <>
        {row.dataset.name}
        <Text size="xs" c="dimmed">
          {row.dataset.challenge.title}
        </Text>
      </>
    ),
  },
  {
    key: 'revision',
    header: text.home.columns.revision,
    value: (row) => row.annotation.head,
    numeric: true,
    render: (row) => row.annotation.head || '–',
  },
];

function Due({ assignment }: { readonly assignment: Assignment }) {
  if (assignment.due_at == null) return <Text span inherit c="dimmed">{text.home.noDue}</Text>;
  if (!isOverdue(assignment, new Date())) return formatDay(assignment.due_at);
  return (
    <Text span inherit c="var(--bad)">
      {formatDay(assignment.due_at)} · {text.home.overdue}
    </Text>
  );
}

