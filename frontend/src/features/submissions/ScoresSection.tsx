import { Anchor, Grid, Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';

import { queries } from '~/api/queries';
import type { EvaluationSummary, Region, Submission } from '~/api/types';
import { formatScore } from '~/format';
import { Lines, Query, RegionLabel } from '~/ui';

import { caseScores } from './caseScores';
import { CaseTable } from './CaseTable';
import { ComparisonPanel } from './ComparisonPanel';
import { EvaluationHistory } from './EvaluationHistory';
import { RegionBoxes } from './RegionBoxes';
import classes from './ScoresSection.module.css';
import { text } from './text';

/** Everything about the newest complete evaluation, and the list of all of them. */
export function ScoresSection({ submission }: { readonly submission: Submission }) {
  const phase = useQuery(queries.phase(submission.phase.id));
  const current = submission.evaluations.find(({ status }) => status === 'scored');
  return (
    <Query of={phase}>
      {({ dataset_version: { scheme } }) => (
        <Stack gap="lg">
          {current && <Means evaluation={current} regions={scheme.regions} />}
          {current && <Cases submission={submission} evaluation={current} regions={scheme.regions} />}
          {current && <ComparisonPanel submissionId={submission.id} regions={scheme.regions} />}
          <EvaluationHistory evaluations={submission.evaluations} current={current?.id ?? null} />
        </Stack>
      )}
    </Query>
  );
}

interface MeansProps {
  readonly evaluation: EvaluationSummary;
  readonly regions: readonly Region[];
}

function Means({ evaluation, regions }: MeansProps) {
  return (
    <section aria-label={text.scores.title}>
      <Group justify="space-between" mb="xs">
        <Text className="eyebrow">{text.scores.against(evaluation.reference_number)}</Text>
        <Anchor
          href={`/api/v1/evaluations/${evaluation.id}/scores/?format=csv`}
          download
          size="sm"
          className={classes.csv ?? ''}
        >
          <IconDownload size={14} aria-hidden /> {text.scores.csv}
        </Anchor>
      </Group>
      <SimpleGrid cols={{ base: 2, sm: Math.min(regions.length + 1, 4) }} spacing="sm">
        {regions.map(({ key, name }, position) => (
          <Paper key={key} p="md">
            <Text size="sm" c="dimmed" component="div">
              <RegionLabel regionKey={key} name={name} position={position} />
            </Text>
            <Text className={classes.figure ?? ''}>{formatScore(evaluation.means[key])}</Text>
            <NotDefined cases={evaluation.not_defined[key] ?? 0} />
          </Paper>
        ))}
        <Paper p="md" className={classes.overall ?? ''}>
          <Text size="sm">{text.scores.overall}</Text>
          <Text className={classes.figure ?? ''}>{formatScore(evaluation.overall)}</Text>
        </Paper>
      </SimpleGrid>
    </section>
  );
}

function NotDefined({ cases }: { readonly cases: number }) {
  if (cases === 0) return null;
  return (
    <Text size="xs" c="dimmed">
      {text.scores.notDefined(cases)}
    </Text>
  );
}

interface CasesProps {
  readonly submission: Submission;
  readonly evaluation: EvaluationSummary;
  readonly regions: readonly Region[];
}

function Cases({ submission, evaluation, regions }: CasesProps) {
  const scores = useQuery(queries.scores(evaluation.id));
  return (
    <Query of={scores} loading={<Lines count={8} />}>
      {(long) => {
        const cases = caseScores(long, regions);
        return (
          <Grid gutter="lg">
            <Grid.Col span={{ base: 12, md: 7 }}>
              <Title order={2}>{text.cases.title}</Title>
              <Text size="sm" c="dimmed" mb="xs">
                {text.cases.hint}
              </Text>
              <CaseTable submission={submission} cases={cases} regions={regions} />
            </Grid.Col>
            <Grid.Col span={{ base: 12, md: 5 }}>
              <Title order={2}>{text.boxes.title}</Title>
              <Text size="sm" c="dimmed" mb="xs">
                {text.boxes.reading}
              </Text>
              <Paper p="md">
                <RegionBoxes cases={cases} regions={regions} />
              </Paper>
            </Grid.Col>
          </Grid>
        );
      }}
    </Query>
  );
}
