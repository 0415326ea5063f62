import { Button, Group, NativeSelect, SegmentedControl, Stack } from '@mantine/core';
import { IconDatabase } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link, useSearchParams } from 'react-router';

import type { Challenge } from '~/api/types';
import { useTopic } from '~/live';
import { EmptyState, Query } from '~/ui';

import { type Dataset, organizerQueries } from './queries';
import { text } from './text';

const SEGMENTS_FIT = 3;

interface DatasetScopeProps {
  readonly challenge: Challenge;
  /** Beside the choice. */
  readonly aside?: ReactNode;
  readonly empty?: ReactNode;
  readonly children: (dataset: Dataset) => ReactNode;
}

/** Chooses the dataset that a tab speaks of, keeps it in the address, and listens to it. */
export function DatasetScope({ challenge, aside, empty, children }: DatasetScopeProps) {
  const datasets = useQuery(organizerQueries.datasets(challenge.slug));
  const [search, setSearch] = useSearchParams();
  return (
    <Query of={datasets}>
      {(found) => {
        const current = found.find(({ id }) => id === search.get('dataset')) ?? found[0];
        if (!current) return empty ?? <NoDataset challenge={challenge} />;
        return (
          <Stack gap="lg">
            {(found.length > 1 || aside) && (
              <Group justify="space-between">
                <DatasetChoice
                  datasets={found}
                  value={current}
                  onChange={(id) => setSearch({ dataset: id }, { replace: true })}
                />
                {aside}
              </Group>
            )}
            <Listening key={current.id} dataset={current}>
              {children(current)}
            </Listening>
          </Stack>
        );
      }}
    </Query>
  );
}

function Listening({ dataset, children }: { readonly dataset: Dataset; readonly children: ReactNode }) {
  useTopic(`dataset:${dataset.id}`);
  return <>{children}</>;
}

interface DatasetChoiceProps {
  readonly datasets: readonly Dataset[];
  readonly value: Dataset;
  readonly onChange: (id: string) => void;
}

function DatasetChoice({ datasets, value, onChange }: DatasetChoiceProps) {
  if (datasets.length < 2) return <span />;
  const data = datasets.map(({ id, name }) => ({ value: id, label: name }));
  if (datasets.length > SEGMENTS_FIT) {
    return (
      <NativeSelect
        aria-label={text.dataset}
        data={data}
        value={value.id}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  return <SegmentedControl aria-label={text.dataset} data={data} value={value.id} onChange={onChange} />;
}

function NoDataset({ challenge }: { readonly challenge: Challenge }) {
  return (
    <EmptyState
      icon={<IconDatabase size={28} />}
      title={text.noDataset.title}
      action={
        <Button component={Link} to={`/organize/${challenge.slug}/data`} variant="light">
          {text.noDataset.action}
        </Button>
      }
    >
      {text.noDataset.sentence}
    </EmptyState>
  );
}
