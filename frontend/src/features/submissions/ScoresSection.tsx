import { Grid, Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import { queries } from '~/api/queries';
import type { EvaluationSummary, Metric, Phase, Region, Submission } from '~/api/types';
import { formatMetric, metricOf, MetricSelect, metricsNamed, nameInSentence, useMetricInAddress } from '~/features/metrics';
import { useTopic } from '~/live';
import { Lines, Query, RegionLabel } from '~/ui';

import { caseScores } from './caseScores';
import { CasesSection } from './CasesSection';
import { ComparisonPanel } from './ComparisonPanel';
import { Downloads } from './Downloads';
import { EvaluationHistory } from './EvaluationHistory';
import { MetricTable, NotDefined } from './MetricTable';
import { OlderSetNote } from './OlderSet';
import { RegionBoxes } from './RegionBoxes';
import classes from './ScoresSection.module.css';
import { text } from './text';
import { VolumesPanel } from './VolumesPanel';

/** Everything about the evaluation that stands, and the list of all of them. */
export function ScoresSection({ submission }: { readonly submission: Submission }) {
  useTopic(`phase:${submission.phase.id}`);
  const phase = useQuery(queries.phase(submission.phase.id));
  const catalogue = useQuery(queries.metrics());
  const standing = submission.evaluations.find(({ status }) => status === 'scored');
  return (
    <Query of={phase}>
      {(found) => (
        <Query of={catalogue}>
          {({ metrics }) => (
            <Stack gap="xl">
              {standing && <Scores submission={submission} phase={found} evaluation={standing} catalogue={metrics} />}
              <EvaluationHistory evaluations={submission.evaluations} shown={standing?.id ?? null} metricSet={found.metric_set} />
            </Stack>
          )}
        </Query>
      )}
    </Query>
  );
}

interface ScoresProps {
  readonly submission: Submission;
  readonly phase: Phase;
  readonly evaluation: EvaluationSummary;
  readonly catalogue: readonly Metric[];
}

function Scores({ submission, phase, evaluation, catalogue }: ScoresProps) {
  const metrics = metricsNamed(catalogue, Object.keys(evaluation.means));
  const [key, choose] = useMetricInAddress(metrics.map((offered) => offered.key), metrics[0]?.key ?? 'dice');
  const metric = metricOf(metrics, key);
  const { regions } = phase.dataset_version.scheme;
  return (
    <>
      <Stack gap="sm" component="section" aria-label={text.scores.title}>
        {evaluation.metric_set !== phase.metric_set && <OlderSetNote then={evaluation.metric_set} now={phase.metric_set} />}
        <Group justify="space-between" align="flex-end">
          <Text className="eyebrow" style={{ flex: '1 1 260px' }}>
            {text.scores.against(nameInSentence(metric), evaluation.case_count, evaluation.reference_number)}
          </Text>
          <Group gap="sm" className={classes.tools ?? ''}>
            <MetricSelect label={text.scores.metric} metrics={metrics} value={metric.key} onChange={choose} />
            <Downloads evaluation={evaluation} metric={metric} />
          </Group>
        </Group>
        <MeanCards evaluation={evaluation} metric={metric} regions={regions} />
        <Text size="sm" c="dimmed">
          {metric.description}
        </Text>
      </Stack>
      <Grid gutter="lg">
        <Grid.Col span={{ base: 12, md: 7, lg: 8 }}>
          <Title order={2}>{text.metrics.title}</Title>
          <Text size="sm" c="dimmed" mb="xs">
            {text.metrics.hint}
          </Text>
          <MetricTable
            evaluation={evaluation}
            metrics={metrics}
            regions={regions}
            ranking={phase.ranking_metrics}
            chosen={metric.key}
            onChoose={choose}
          />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5, lg: 4 }}>
          <div className={classes.follows}>
            <Spread evaluation={evaluation} metric={metric} regions={regions} />
          </div>
        </Grid.Col>
      </Grid>
      <CasesSection submission={submission} phase={phase} evaluation={evaluation} metric={metric} />
      <ComparisonPanel submissionId={submission.id} metric={metric} regions={regions} />
      {evaluation.means.volume_difference_ml && <VolumesPanel evaluation={evaluation} regions={regions} />}
    </>
  );
}

interface PartProps {
  readonly evaluation: EvaluationSummary;
  readonly metric: Metric;
  readonly regions: readonly Region[];
}

function MeanCards({ evaluation, metric, regions }: PartProps) {
  const means = evaluation.means[metric.key] ?? {};
  return (
    <SimpleGrid cols={{ base: 2, sm: Math.min(regions.length + 1, 4) }} spacing="sm">
      {regions.map(({ key, name }, position) => (
        <Paper key={key} p="md">
          <Text size="sm" c="dimmed" component="div">
            <RegionLabel regionKey={key} name={name} position={position} />
          </Text>
          <Text className={classes.figure ?? ''}>{formatMetric(means[key], metric)}</Text>
          <NotDefined cases={evaluation.not_defined[metric.key]?.[key] ?? 0} />
        </Paper>
      ))}
      {regions.length > 1 && (
        <Paper p="md" className={classes.overall ?? ''} title={text.scores.overallHint}>
          <Text size="sm">{text.scores.overall}</Text>
          <Text className={classes.figure ?? ''}>{formatMetric(evaluation.overall[metric.key], metric)}</Text>
        </Paper>
      )}
    </SimpleGrid>
  );
}

function Spread({ evaluation, metric, regions }: PartProps) {
  const scores = useQuery(queries.scores(evaluation.id, metric.key));
  return (
    <>
      <Title order={2}>{text.boxes.title}</Title>
      <Text size="sm" c="dimmed" mb="xs">
        {text.boxes.reading}
      </Text>
      <Paper p="md">
        <Query of={scores} loading={<Lines count={regions.length} height={72} />}>
          {(long) => <RegionBoxes cases={caseScores(long, metric.key, regions)} metric={metric} regions={regions} />}
        </Query>
      </Paper>
    </>
  );
}
