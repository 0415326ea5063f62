import { Anchor, Badge, Group, Paper, Text } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';

import type { Challenge } from '~/api/types';
import { ListenTo } from '~/features/submissions/ListenTo';
import { type Column, EmptyState, Query, SortableTable, Time } from '~/ui';

import { modelQueries, type Run } from './queries';
import { WorkBadge } from './StateBadges';
import { subsetName } from './subsets';
import { text } from './text';
import { isUnderWay } from './work';

interface RunsSectionProps {
  readonly challenge: Pick<Challenge, 'id' | 'slug'>;
  /** Of one model, or null for all. */
  readonly algorithmId: string | null;
}

/** Runs with how far they are; the newest first. */
export function RunsSection({ challenge, algorithmId }: RunsSectionProps) {
  const runs = useQuery(modelQueries.runs(challenge, algorithmId));
  return (
    <Query of={runs}>
      {(found) =>
        found.length === 0 ? (
          <EmptyState icon={<IconPlayerPlay size={28} />} title={text.runs.noneTitle}>
            {text.runs.noneSentence}
          </EmptyState>
        ) : (
          <Paper style={{ overflow: 'hidden' }}>
            {found
              .filter(({ status }) => isUnderWay(status))
              .map(({ id }) => (
                <ListenTo key={id} topic={`run:${id}`} />
              ))}
            <SortableTable
              caption={text.runs.caption}
              rows={found}
              columns={COLUMNS}
              rowKey={({ id }) => id}
              initial={{ key: 'when', direction: 'descending' }}
              minWidth={680}
            />
          </Paper>
        )
      }
    </Query>
  );
}

const NO_NAMES: ReadonlyMap<string, string> = new Map();

const COLUMNS: Column<Run>[] = [
  {
    key: 'model',
    header: text.runs.columns.model,
    value: ({ version }) => version.algorithm.name,
    render: ({ id, version, purpose }) => {
      const name = `${version.algorithm.name} v${version.number}`;
      return (
        <Anchor component={Link} to={`/runs/${id}`} fw={600} size="sm" aria-label={text.runs.open(name, text.purposes[purpose])}>
          {name}
        </Anchor>
      );
    },
  },
  {
    key: 'purpose',
    header: text.runs.columns.purpose,
    value: ({ purpose }) => text.purposes[purpose],
    render: ({ purpose }) => text.purposes[purpose],
  },
  {
    key: 'on',
    header: text.runs.columns.on,
    value: text.runs.on,
    render: (run) => (
      <Group gap={6}>
        <Text span size="sm">
          {text.runs.on(run)}
        </Text>
        {run.sequences && (
          <Badge color="gray" size="sm">
            {text.runs.without(subsetName(run.sequences, NO_NAMES))}
          </Badge>
        )}
      </Group>
    ),
  },
  {
    key: 'status',
    header: text.runs.columns.status,
    value: ({ status }) => text.work[status],
    render: ({ status }) => <WorkBadge status={status} />,
  },
  {
    key: 'progress',
    header: text.runs.columns.progress,
    numeric: true,
    render: ({ done, total }) => text.runs.progress(done, total),
  },
  {
    key: 'when',
    header: text.runs.columns.when,
    value: ({ created_at }) => created_at,
    firstDirection: 'descending',
    render: ({ created_at }) => <Time iso={created_at} />,
  },
];
