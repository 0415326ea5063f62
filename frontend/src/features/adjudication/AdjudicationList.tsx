import { Anchor, Badge, Paper, Stack, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';

import { type Column, SortableTable, Time } from '~/ui';

import { consolePath, expertPath } from './addresses';
import { adjudicationQueries, type AdjudicationSummary } from './queries';
import { text } from './text';

const COLORS = { open: 'yellow', signed: 'teal', withdrawn: 'gray' } as const;

/** Those of a data set; nothing while there are none. */
export function DatasetAdjudications({ datasetId }: { readonly datasetId: string }) {
  const { data } = useQuery(adjudicationQueries.ofDataset(datasetId));
  if (!data || data.length === 0) return null;
  return (
    <Listed title={text.list.title} rows={data} columns={columnsOf(consolePath, true)} />
  );
}

/** Those to which a rater is invited; nothing while there are none. */
export function MyAdjudications({ person }: { readonly person: number }) {
  const { data } = useQuery(adjudicationQueries.open(person));
  const invited = data?.filter(({ experts }) => experts.some(({ id }) => id === person)) ?? [];
  if (invited.length === 0) return null;
  return <Listed title={text.list.mine} rows={invited} columns={columnsOf(expertPath, false)} />;
}

interface ListedProps {
  readonly title: string;
  readonly rows: readonly AdjudicationSummary[];
  readonly columns: readonly Column<AdjudicationSummary>[];
}

function Listed({ title, rows, columns }: ListedProps) {
  return (
    <Stack gap="xs" component="section" aria-label={title}>
      <Title order={2}>{title}</Title>
      <Paper style={{ overflow: 'hidden' }}>
        <SortableTable
          caption={title}
          rows={rows}
          columns={columns}
          rowKey={({ id }) => id}
          initial={{ key: 'opened', direction: 'descending' }}
          minWidth={560}
        />
      </Paper>
    </Stack>
  );
}

function columnsOf(pathOf: (id: string) => string, withExperts: boolean): Column<AdjudicationSummary>[] {
  const { columns } = text.list;
  const all: Column<AdjudicationSummary>[] = [
    {
      key: 'case',
      header: columns.case,
      value: (row) => row.case.name,
      render: (row) => (
        <Anchor component={Link} to={pathOf(row.id)} fw={600} size="sm">
          {row.case.name}
        </Anchor>
      ),
    },
    {
      key: 'state',
      header: columns.state,
      value: ({ status }) => status,
      render: ({ status }) => <Badge color={COLORS[status]}>{text.status[status]}</Badge>,
    },
    {
      key: 'settled',
      header: columns.settled,
      value: ({ progress }) => progress.decided / Math.max(1, progress.regions),
      render: ({ progress }) => text.progress(progress.decided, progress.regions),
    },
    {
      key: 'experts',
      header: columns.experts,
      render: ({ experts }) => experts.map(({ name }) => name).join(', ') || text.list.noExperts,
    },
    {
      key: 'opened',
      header: columns.opened,
      value: ({ created_at }) => created_at,
      render: ({ created_at }) => <Time iso={created_at} />,
    },
  ];
  return withExperts ? all : all.filter(({ key }) => key !== 'experts');
}
