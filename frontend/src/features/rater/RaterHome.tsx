import { Anchor, Button, Group, Kbd, Paper, SegmentedControl, Stack, Text } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconArrowRight, IconBrush, IconChecks } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';

import { formatDay, formatWorked } from '~/format';
import { useTopic } from '~/live';
import { type Person, useSession } from '~/session';
import { type Column, EmptyState, Lines, Page, Query, SortableTable } from '~/ui';

import { MyAdjudications } from '../adjudication/AdjudicationList';
import { KeptCell, offlineText, useLeavingCases } from '../offline';
import { DatasetBars } from './DatasetBars';
import { type Assignment, raterQueries } from './queries';
import { datasetProgress, filtered, isOpen, isOverdue, nextOpen, type QueueFilter } from './queue';
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
  useLeavingCases(user.id, assignments.data?.results);
  const next = nextOpen(assignments.data?.results ?? []);
  const navigate = useNavigate();
  useHotkeys([['n', () => next && void navigate(studioOf(next))]]);
  return (
    <Page
      title={text.home.title}
      lead={text.home.lead}
      aside={
        next && (
          <Group gap="xs">
            <Text size="sm" c="dimmed" visibleFrom="sm">
              <Kbd>N</Kbd>
            </Text>
            <Button component={Link} to={studioOf(next)} rightSection={<IconArrowRight size={16} aria-hidden />}>
              {text.home.next}: {next.case.name}
            </Button>
          </Group>
        )
      }
    >
      <Stack gap="xl">
        <MyAdjudications person={user.id} />
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
      </Stack>
    </Page>
  );
}

function Assignments({ assignments }: { readonly assignments: readonly Assignment[] }) {
  const submitted = assignments.filter((one) => !isOpen(one)).length;
  const [filter, setFilter] = useState<QueueFilter>(submitted < assignments.length ? 'open' : 'all');
  const rows = filtered(assignments, filter);
  return (
    <Stack>
      <DatasetBars rows={datasetProgress(assignments, new Date())} />
      <SegmentedControl
        size="sm"
        aria-label={text.home.filter}
        value={filter}
        onChange={(value) => setFilter(value as QueueFilter)}
        data={Object.entries(text.home.filters).map(([value, label]) => ({ value, label }))}
        style={{ alignSelf: 'flex-start' }}
      />
      {rows.length === 0 ? (
        <EmptyState
          icon={<IconChecks size={28} />}
          title={filter === 'open' ? text.home.nothingOpen : text.home.nothingSubmitted}
        >
          {filter === 'open' && text.home.allDone}
        </EmptyState>
      ) : (
        <>
          <Paper style={{ overflow: 'hidden' }} visibleFrom="sm">
            <SortableTable
              caption={text.home.title}
              rows={rows}
              columns={COLUMNS}
              rowKey={({ id }) => id}
              initial={{ key: 'urgency', direction: 'ascending' }}
              minWidth={600}
            />
          </Paper>
          <Stack gap="xs" component="ul" m={0} p={0} hiddenFrom="sm" aria-label={text.home.title} style={{ listStyle: 'none' }}>
            {rows.map((row) => (
              <CaseCard key={row.id} assignment={row} />
            ))}
          </Stack>
        </>
      )}
    </Stack>
  );
}

/** A row of the table where there is no room for its columns. */
function CaseCard({ assignment }: { readonly assignment: Assignment }) {
  return (
    <Paper p="sm" component="li">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <CaseLink assignment={assignment} />
        <State assignment={assignment} />
      </Group>
      <Group justify="space-between" wrap="nowrap" align="flex-end" mt={4}>
        <Text size="sm" c="dimmed" component="div">
          {assignment.dataset.name}
          <div>
            {text.home.columns.due}: <Due assignment={assignment} />
          </div>
        </Text>
        {isOpen(assignment) && <AnnotateButton assignment={assignment} />}
      </Group>
      <KeptCell assignment={assignment} />
    </Paper>
  );
}

function CaseLink({ assignment }: { readonly assignment: Assignment }) {
  return (
    <Anchor component={Link} to={`/rate/${assignment.id}`} fw={600} size="sm" style={{ whiteSpace: 'nowrap' }}>
      {assignment.case.name}
    </Anchor>
  );
}

function AnnotateButton({ assignment }: { readonly assignment: Assignment }) {
  return (
    <Button
      component={Link}
      to={studioOf(assignment)}
      size="compact-sm"
      variant="light"
      style={{ flex: 'none' }}
      leftSection={<IconBrush size={14} aria-hidden />}
      aria-label={text.home.annotateNamed(assignment.case.name)}
    >
      {text.page.annotate}
    </Button>
  );
}

const COLUMNS: Column<Assignment>[] = [
  {
    key: 'name',
    header: text.home.columns.case,
    value: (row) => row.case.name,
    render: (row) => <CaseLink assignment={row} />,
  },
  {
    key: 'due',
    header: text.home.columns.due,
    value: (row) => row.due_at ?? null,
    render: (row) => <Due assignment={row} />,
  },
  {
    key: 'state',
    header: text.home.columns.state,
    value: (row) => row.annotation.status,
    render: (row) => <State assignment={row} />,
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
    key: 'worked',
    header: text.home.columns.worked,
    value: (row) => row.annotation.active_ms,
    numeric: true,
    render: (row) => (row.annotation.active_ms > 0 ? formatWorked(row.annotation.active_ms) : '–'),
  },
  {
    key: 'kept',
    header: offlineText.column,
    render: (row) => <KeptCell assignment={row} />,
  },
  {
    key: 'open',
    header: text.home.columns.open,
    render: (row) => isOpen(row) && <AnnotateButton assignment={row} />,
  },
];

function studioOf({ id }: Assignment): string {
  return `/rate/${id}/studio`;
}

function State({ assignment: { annotation } }: { readonly assignment: Assignment }) {
  return (
    <>
      <StateBadge status={annotation.status} />
      {annotation.status === 'reopened' && (
        <Text size="xs" c="dimmed" maw={260} lineClamp={2} title={annotation.reopen_reason}>
          {annotation.reopen_reason}
        </Text>
      )}
    </>
  );
}

function Due({ assignment }: { readonly assignment: Assignment }) {
  if (assignment.due_at == null) return <Text span inherit c="dimmed">{text.home.noDue}</Text>;
  if (!isOverdue(assignment, new Date())) return formatDay(assignment.due_at);
  return (
    <Text span inherit c="var(--bad)">
      {formatDay(assignment.due_at)} · {text.home.overdue}
    </Text>
  );
}

