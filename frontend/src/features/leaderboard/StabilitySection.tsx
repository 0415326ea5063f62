import { Grid, Group, List, Loader, Paper, Stack, Text, Title } from '@mantine/core';
import { IconChartCandle, IconChartDots3, IconGridDots } from '@tabler/icons-react';
import type { ReactNode } from 'react';

import type { Metric, RankingAnalysis } from '~/api/types';
import { type DownloadFile, DownloadMenu } from '~/ui';

import { SignificanceTable } from './SignificanceTable';
import { groupsInWords, pairsApart, tauInWords } from './stability';
import { StabilityPlot } from './StabilityPlot';
import { text } from './text';

const words = text.stability;

interface StabilitySectionProps {
  readonly phaseId: string;
  readonly analysis: RankingAnalysis;
  readonly metric: Metric;
}

/** Would other cases have given another order, and who differs by more than chance? */
export function StabilitySection({ phaseId, analysis, metric }: StabilitySectionProps) {
  const compared = analysis.bootstrap !== null;
  return (
    <section aria-label={words.title}>
      <Group justify="space-between" align="flex-end" mb={4}>
        <Title order={2}>{words.title}</Title>
        {compared && <Pictures phaseId={phaseId} metric={metric} />}
      </Group>
      <Text c="dimmed" maw={760} mb="md">
        {words.lead}
      </Text>
      <State analysis={analysis} />
      {compared && <Findings analysis={analysis} />}
    </section>
  );
}

/** What is still to come, or why there is nothing. */
function State({ analysis: { state, is_current, snapshot, bootstrap } }: { readonly analysis: RankingAnalysis }) {
  if (state === 'ready') return bootstrap ? null : <Note>{words.tooFew}</Note>;
  const older = snapshot && bootstrap && !is_current ? snapshot.number : null;
  switch (state) {
    case 'empty':
      return <Note>{words.tooFew}</Note>;
    case 'computing':
      return (
        <Group gap={8} mb="md" role="status" wrap="nowrap">
          <Loader size={16} />
          <Text size="sm">{older ? words.computingOlder(older) : words.computing}</Text>
        </Group>
      );
    case 'failed':
      return <Note>{older ? words.failedOlder(older) : words.failed}</Note>;
  }
}

function Note({ children }: { readonly children: ReactNode }) {
  return (
    <Text size="sm" mb="md" role="status">
      {children}
    </Text>
  );
}

function Findings({ analysis }: { readonly analysis: RankingAnalysis }) {
  const { entrants, bootstrap, permutation } = analysis;
  const { apart, pairs } = pairsApart(analysis);
  return (
    <Grid gutter="lg">
      <Grid.Col span={{ base: 12, lg: 6 }}>
        <Paper p="md" h="100%">
          <Title order={3} mb={4}>
            {words.places.title}
          </Title>
          {bootstrap && (
            <Text size="sm" c="dimmed" mb="sm">
              {words.places.sentence(bootstrap.resamples)}
            </Text>
          )}
          <div style={{ overflowX: 'auto' }}>
            <StabilityPlot entrants={entrants} />
          </div>
          <Tau tau={bootstrap?.mean_kendall_tau ?? null} />
        </Paper>
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 6 }}>
        <Paper p="md" h="100%">
          <Title order={3} mb={4}>
            {words.tests.title}
          </Title>
          <List size="sm" spacing={3} mb="sm">
            {groupsInWords(entrants).map((sentence) => (
              <List.Item key={sentence}>{sentence}</List.Item>
            ))}
          </List>
          <SignificanceTable analysis={analysis} />
          <Stack gap={4} mt="sm">
            <Text size="sm">{words.tests.pairs(apart, pairs)}</Text>
            {apart < pairs && <Text size="sm">{words.proof}</Text>}
            {permutation && (
              <Text size="xs" c="dimmed">
                {words.tests.sentence(permutation.alpha, permutation.permutations, permutation.exact)}
              </Text>
            )}
          </Stack>
        </Paper>
      </Grid.Col>
    </Grid>
  );
}

function Tau({ tau }: { readonly tau: number | null }) {
  return (
    <Text size="sm" mt="xs">
      {tau === null ? (
        words.tau.unknown
      ) : (
        <>
          <b>
            {words.tau.term} = {tau.toFixed(2)}
          </b>
          : {tauInWords(tau)}. <span style={{ color: 'var(--mantine-color-dimmed)' }}>{words.tau.scale}</span>
        </>
      )}
    </Text>
  );
}

/** The drawings as they go into a paper. */
function Pictures({ phaseId, metric }: { readonly phaseId: string; readonly metric: Metric }) {
  const picture = (name: keyof typeof words.pictures, icon: DownloadFile['icon'], query = ''): DownloadFile => ({
    href: `/api/v1/phases/${phaseId}/pictures/${name}.svg${query}`,
    name: `${name}.svg`,
    label: words.pictures[name],
    icon,
  });
  const files = [
    picture('scores', IconChartCandle, `?metric=${metric.key}`),
    picture('stability', IconChartDots3),
    picture('significance', IconGridDots),
  ];
  return <DownloadMenu label={words.download} files={files} />;
}
