import { Anchor, Paper } from '@mantine/core';
import { IconSchool } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';

import type { Challenge } from '~/api/types';
import { type Column, EmptyState, Query, SortableTable, Time } from '~/ui';

import { modelQueries, type Training } from './queries';
import { WorkBadge } from './StateBadges';
import { text } from './text';
import { text as words } from './trainingText';
import { formatSeconds } from './work';

interface TrainingsSectionProps {
  readonly challenge: Pick<Challenge, 'id' | 'slug'>;
  /** Of one model, or null for all. */
  readonly algorithmId: string | null;
}

/** Trainings, for organizers; the newest first. */
export function TrainingsSection({ challenge, algorithmId }: TrainingsSectionProps) {
  const trainings = useQuery(modelQueries.trainings(challenge));
  return (
    <Query of={trainings}>
      {(all) => {
        const found = all.filter(({ algorithm }) => algorithmId === null || algorithm.id === algorithmId);
        return found.length === 0 ? (
          <EmptyState icon={<IconSchool size={28} />} title={text.trainings.noneTitle}>
            {text.trainings.noneSentence}
          </EmptyState>
        ) : (
          <Paper style={{ overflow: 'hidden' }}>
            <SortableTable
              caption={text.trainings.caption}
              rows={found}
              columns={COLUMNS}
              rowKey={({ id }) => id}
              initial={{ key: 'when', direction: 'descending' }}
              minWidth={640}
            />
          </Paper>
        );
      }}
    </Query>
  );
}

const COLUMNS: Column<Training>[] = [
  {
    key: 'model',
    header: text.trainings.columns.model,
    value: ({ algorithm }) => algorithm.name,
    render: ({ id, algorithm }) => (
      <Anchor component={Link} to={`/trainings/${id}`} fw={600} size="sm" aria-label={text.trainings.open(algorithm.name)}>
        {algorithm.name}
      </Anchor>
    ),
  },
  {
    key: 'network',
    header: text.trainings.columns.network,
    value: ({ config }) => config.architecture,
    render: ({ config }) => words.networks[config.architecture] ?? config.architecture,
  },
  {
    key: 'data',
    header: text.trainings.columns.data,
    value: ({ dataset }) => dataset.name,
    render: ({ dataset }) => text.trainings.data(dataset.name, dataset.version),
  },
  {
    key: 'status',
    header: text.trainings.columns.status,
    value: ({ status }) => text.work[status],
    render: ({ status }) => <WorkBadge status={status} />,
  },
  {
    key: 'budget',
    header: text.trainings.columns.budget,
    numeric: true,
    value: ({ budget_s }) => budget_s,
    render: ({ budget_s }) => formatSeconds(budget_s),
  },
  {
    key: 'when',
    header: text.trainings.columns.when,
    value: ({ created_at }) => created_at,
    firstDirection: 'descending',
    render: ({ created_at }) => <Time iso={created_at} />,
  },
];
