import { Group, NativeSelect, Stack, Text, Title } from '@mantine/core';
import { IconChartDots } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Fragment, useMemo, useState } from 'react';

import type { Challenge, Phase } from '~/api/types';
import { metricOf, MetricSelect, metricsNamed, useMetricInAddress, useMetrics } from '~/features/metrics';
import { ListenTo } from '~/features/submissions/ListenTo';
import { useSession } from '~/session';
import { EmptyState, Query } from '~/ui';

import { raterTicks, type RegionKey, subsetTable } from './comparison';
import { text } from './comparisonText';
import { dataWords } from './modelData';
import { PhasesPlot } from './PhasesPlot';
import { type ModelComparison, modelQueries } from './queries';
import { SubsetHeat } from './SubsetHeat';
import { useBoards } from './useBoards';

interface ComparisonSectionProps {
  readonly challenge: Challenge;
  readonly phases: readonly Phase[];
}

/** Models beside each other, over phases and over sets of sequences, with the raters in the same picture. */
export function ComparisonSection({ challenge, phases }: ComparisonSectionProps) {
  const comparison = useQuery(modelQueries.comparison(challenge.slug));
  const runsAll = challenge.my_permissions.includes('model:run');
  return (
    <Query of={comparison}>
      {(found) => (
        <>
          {found.phases.map(({ id }) => (
            <Fragment key={id}>
              <ListenTo topic={`board:${id}`} />
              {runsAll && <ListenTo topic={`submissions:${id}`} />}
            </Fragment>
          ))}
          {found.rows.length === 0 ? (
            <EmptyState icon={<IconChartDots size={28} />} title={text.noneTitle}>
              {text.noneSentence}
            </EmptyState>
          ) : (
            <Compared comparison={found} phases={phases} runsAll={runsAll} />
          )}
        </>
      )}
    </Query>
  );
}

const OVERALL = '';

interface ComparedProps {
  readonly comparison: ModelComparison;
  readonly phases: readonly Phase[];
  /** Whether this person may open everybody's runs. */
  readonly runsAll: boolean;
}

function Compared({ comparison, phases, runsAll }: ComparedProps) {
  const { user } = useSession();
  const mine = comparison.rows.filter(({ participant }) => runsAll || participant.id === user?.id);
  const openRuns = new Set(mine.map(({ run_id }) => run_id));
  const catalogue = useMetrics();
  const boards = useBoards(comparison.phases);
  const offered = metricsNamed(catalogue, [...new Set(comparison.rows.flatMap(({ means }) => Object.keys(means)))]).filter(
    ({ higher_is_better }) => higher_is_better !== null,
  );
  const usual = comparison.phases[0]?.metric ?? offered[0]?.key ?? '';
  const [metricKey, chooseMetric] = useMetricInAddress(offered.map(({ key }) => key), usual);
  const metric = metricOf(catalogue, metricKey);
  const [chosenRegion, setRegion] = useState(OVERALL);
  const region: RegionKey = chosenRegion || null;
  const regions = [...new Map(comparison.phases.flatMap((phase) => phase.regions).map(({ key, name }) => [key, name]))];
  const raters = useMemo(() => raterTicks(boards, metricKey, region), [boards, metricKey, region]);
  const withSubsets = comparison.phases.filter(({ id }) => subsetTable(comparison.rows, id, metricKey, region).models.length > 0);
  const [chosenPhase, setPhase] = useState<string | null>(null);
  const phase = withSubsets.find(({ id }) => id === chosenPhase) ?? withSubsets[0];
  const board = boards.find((one) => one.phase.id === phase?.id);
  return (
    <Stack gap="xl">
      <Group>
        <MetricSelect metrics={offered} value={metricKey} onChange={chooseMetric} />
        <NativeSelect
          aria-label={text.region}
          data={[{ value: OVERALL, label: text.overall }, ...regions.map(([value, label]) => ({ value, label }))]}
          value={chosenRegion}
          onChange={(event) => setRegion(event.currentTarget.value)}
        />
      </Group>
      <section>
        <Title order={2}>{text.phases.title}</Title>
        <Text size="sm" c="dimmed" mb="sm" maw={720}>
          {text.phases.lead}
        </Text>
        <PhasesPlot comparison={comparison} raters={raters} metric={metric} region={region} openRuns={openRuns} />
      </section>
      <section>
        <Group justify="space-between" align="flex-end" mb="sm">
          <div>
            <Title order={2}>{text.subsets.title}</Title>
            <Text size="sm" c="dimmed" maw={720}>
              {text.subsets.lead}
            </Text>
          </div>
          {phase && withSubsets.length > 1 && (
            <NativeSelect
              aria-label={text.phase}
              data={withSubsets.map(({ id, title }) => ({ value: id, label: title }))}
              value={phase.id}
              onChange={(event) => setPhase(event.currentTarget.value)}
            />
          )}
        </Group>
        {phase ? (
          <SubsetHeat
            table={subsetTable(comparison.rows, phase.id, metricKey, region)}
            raters={board ? raterTicks([board], metricKey, region).map(({ value }) => value) : []}
            metric={metric}
            region={region}
            names={dataWords(phases).sequenceNames}
            openRuns={openRuns}
          />
        ) : (
          <EmptyState icon={<IconChartDots size={28} />} title={text.subsets.noneTitle}>
            {text.subsets.noneSentence}
          </EmptyState>
        )}
      </section>
    </Stack>
  );
}
