import { Paper, SimpleGrid, Stack } from '@mantine/core';
import { IconBrain } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Fragment } from 'react';

import type { Challenge, Phase } from '~/api/types';
import { ListenTo } from '~/features/submissions/ListenTo';
import { EmptyState, Query } from '~/ui';

import { standingOf } from './comparison';
import { ModelCard } from './ModelCard';
import { dataWords } from './modelData';
import { PackageHelp } from './PackageHelp';
import { modelQueries } from './queries';
import { text } from './text';
import { useBoards } from './useBoards';

interface ModelListProps {
  readonly challenge: Challenge;
  readonly phases: readonly Phase[];
}

/** The cards; where there are none, what a model is. */
export function ModelList({ challenge, phases }: ModelListProps) {
  const algorithms = useQuery(modelQueries.algorithms(challenge));
  const comparison = useQuery(modelQueries.comparison(challenge.slug));
  const boards = useBoards(comparison.data?.phases ?? []);
  const words = dataWords(phases);
  const phaseIds = comparison.data?.phases.map(({ id }) => id) ?? [];
  return (
    <>
    {phaseIds.map((id) => <ListenTo key={id} topic={`board:${id}`} />)}
    <Query of={algorithms}>
      {(found) =>
        found.length === 0 ? (
          <Stack>
            <EmptyState icon={<IconBrain size={28} />} title={text.tab.noneTitle}>
              {text.tab.noneSentence}
            </EmptyState>
            <Paper p="lg">
              <PackageHelp {...words} />
            </Paper>
          </Stack>
        ) : (
          <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="md">
            {found.map((algorithm) => (
              <Fragment key={algorithm.id}>
                {algorithm.is_mine && <ListenTo topic={`algorithm:${algorithm.id}`} />}
                <ModelCard
                  algorithm={algorithm}
                  path={`/challenges/${challenge.slug}/models/${algorithm.id}`}
                  standing={comparison.data ? standingOf(algorithm.id, comparison.data, boards) : null}
                  words={words}
                />
              </Fragment>
            ))}
          </SimpleGrid>
        )
      }
    </Query>
    </>
  );
}
