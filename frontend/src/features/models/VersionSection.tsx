import { Alert, Code, Grid, Paper, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';

import { formatBytes } from '~/format';
import { Query, Time } from '~/ui';

import { configFacts, flatFigures } from './configFacts';
import { CurvePlots } from './CurvePlots';
import { Facts } from './Facts';
import type { DataWords } from './modelData';
import { text } from './pageText';
import { type AlgorithmVersion, modelQueries } from './queries';
import { TrainedOnNotice } from './TrainedOnNotice';

interface VersionSectionProps {
  readonly version: AlgorithmVersion;
  readonly words: DataWords;
  /** Whether this person may see trainings. */
  readonly seesTraining: boolean;
}

/** One version: its state, its config in words, its card, and how it learned. */
export function VersionSection({ version, words, seesTraining }: VersionSectionProps) {
  return (
    <Stack gap="lg">
      <State version={version} />
      <TrainedOnNotice phases={version.trained_on_phases} />
      <Grid gutter="lg">
        {version.config && (
          <Grid.Col span={{ base: 12, md: 7 }}>
            <Paper p="md" h="100%" component="section" aria-label={text.config.title}>
              <Title order={2} size="h3" mb="md">
                {text.config.title}
              </Title>
              <Facts
                columns={3}
                facts={[...configFacts(version.config, words), { term: text.config.weights, value: text.config.weightsOf(formatBytes(version.weights_bytes)) }]}
              />
            </Paper>
          </Grid.Col>
        )}
        <Grid.Col span={{ base: 12, md: version.config ? 5 : 12 }}>
          <CardPanel version={version} />
        </Grid.Col>
      </Grid>
      {version.training && seesTraining && <LearnedBy trainingId={version.training} />}
    </Stack>
  );
}

function State({ version: { status, reason, reason_code } }: Pick<VersionSectionProps, 'version'>) {
  switch (status) {
    case 'checking':
      return (
        <Text size="sm" role="status">
          {text.checking}
        </Text>
      );
    case 'refused':
      return (
        <Alert color="red" variant="light" role="alert" icon={<IconAlertTriangle size={18} aria-hidden />}>
          <Stack gap={4} align="flex-start">
            <Text size="sm">{reason}</Text>
            <Text size="sm">{text.refused}</Text>
            <Code>{reason_code}</Code>
          </Stack>
        </Alert>
      );
    case 'trial':
      return (
        <Alert color="yellow" variant="light">
          <Stack gap={4} align="flex-start">
            <Text size="sm">{text.trialNeeded}</Text>
            {reason && <Text size="sm">{text.trialFailed(reason)}</Text>}
            {reason_code && <Code>{reason_code}</Code>}
          </Stack>
        </Alert>
      );
    case 'ready':
      return null;
  }
}

function CardPanel({ version }: Pick<VersionSectionProps, 'version'>) {
  const { card, is_trusted, created_by, created_at, weights_digest } = version;
  const facts = [
    { term: text.card.use, value: card.intended_use },
    { term: text.card.trainedOn, value: card.trained_on },
    { term: text.card.code, value: card.code_version },
    { term: text.card.digest, value: card.data_digest ? <Code>{card.data_digest.slice(0, 12)}</Code> : '' },
    { term: text.card.weightsDigest, value: weights_digest ? <Code>{weights_digest.slice(0, 12)}</Code> : '' },
  ].filter(({ value }) => value !== '');
  const figures = flatFigures(card.training);
  return (
    <Paper p="md" h="100%" component="section" aria-label={text.card.title}>
      <Stack gap="md">
        <div>
          <Title order={2} size="h3">
            {text.card.title}
          </Title>
          <Text size="sm" c="dimmed">
            {is_trusted ? text.card.madeHere : text.card.uploaded(created_by.name)} · <Time iso={created_at} />
          </Text>
        </div>
        {card.notes && (
          <Alert color="yellow" variant="light">
            {card.notes}
          </Alert>
        )}
        {facts.length > 0 ? <Facts facts={facts} columns={2} /> : <Text size="sm">{text.card.nothing}</Text>}
        {figures.length > 0 && (
          <details>
            <summary>{text.card.figures}</summary>
            <Facts facts={figures} columns={2} />
          </details>
        )}
      </Stack>
    </Paper>
  );
}

function LearnedBy({ trainingId }: { readonly trainingId: string }) {
  const curve = useQuery(modelQueries.curve(trainingId));
  return (
    <section>
      <Title order={2} mb="sm">
        {text.curveTitle}
      </Title>
      <Query of={curve}>{(points) => <CurvePlots points={points} isUnderWay={false} />}</Query>
    </section>
  );
}
