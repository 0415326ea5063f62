import { Badge, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { Link } from 'react-router';

import { formatMetric, metricOf, nameInSentence, useMetrics } from '~/features/metrics';
import { formatList, NOT_AVAILABLE } from '~/format';

import type { Standing as StandingOfModel } from './comparison';
import { type Fact, Facts } from './Facts';
import { type DataWords, labelWords, sequenceWords } from './modelData';
import classes from './models.module.css';
import type { Algorithm } from './queries';
import { VersionBadge } from './StateBadges';
import { text } from './text';
import { TrainedOnNotice } from './TrainedOnNotice';

interface ModelCardProps {
  readonly algorithm: Algorithm;
  readonly path: string;
  readonly standing: StandingOfModel | null;
  readonly words: DataWords;
}

/** A model at a glance: whose it is, what it takes and gives, and how it does beside people. */
export function ModelCard({ algorithm, path, standing, words: data }: ModelCardProps) {
  const newest = algorithm.versions[0];
  const shown = algorithm.versions.find(({ config }) => config !== null);
  const config = shown?.config;
  const words = text.tab;
  const facts: Fact[] = [
    { term: words.inputs, value: config ? sequenceWords(config, data) : NOT_AVAILABLE },
    { term: words.labels, value: config ? formatList(labelWords(config, data)) : NOT_AVAILABLE },
    { term: words.licence, value: algorithm.licence || words.noLicence },
    { term: words.trainedOn, value: shown?.card.trained_on || words.notStated },
  ];
  return (
    <Paper p="md" component="article" aria-label={algorithm.name} h="100%">
      <Stack gap="sm" h="100%">
        <Group justify="space-between" align="flex-start" wrap="nowrap" gap="sm">
          <div style={{ minWidth: 0 }}>
            <Title order={3} style={{ overflowWrap: 'anywhere' }}>
              <Link to={path} className={classes.cardLink ?? ''}>
                {algorithm.name}
              </Link>
            </Title>
            <Text size="sm" c="dimmed">
              {text.kinds[algorithm.kind]} · {algorithm.owner.name}
            </Text>
          </div>
          {newest ? <VersionBadge status={newest.status} /> : <Badge color="gray">{text.noVersion}</Badge>}
        </Group>
        <Group gap={6}>
          {newest && <Badge color="gray">{text.version(newest.number)}</Badge>}
          {shown && <Badge color="gray">{text.files[shown.kind]}</Badge>}
          {algorithm.is_mine && <Badge>{words.mine}</Badge>}
        </Group>
        <Facts facts={facts} columns={2} />
        {shown && <TrainedOnNotice phases={shown.trained_on_phases} />}
        <Standing standing={standing} />
      </Stack>
    </Paper>
  );
}

function Standing({ standing }: Pick<ModelCardProps, 'standing'>) {
  const catalogue = useMetrics();
  if (!standing) {
    return (
      <Text size="sm" c="dimmed" mt="auto">
        {text.tab.noScore}
      </Text>
    );
  }
  const metric = metricOf(catalogue, standing.metric);
  const figure = (value: number) => formatMetric(value, metric);
  return (
    <Group gap="sm" align="baseline" mt="auto" wrap="nowrap">
      <Text fw={650} size="lg" className="numeric" style={{ flex: 'none' }}>
        {figure(standing.value)}
      </Text>
      <Text size="sm" c="dimmed">
        {text.tab.score(nameInSentence(metric), standing.phase)}
        {standing.raters && <> · {text.tab.raters(figure(standing.raters.low), figure(standing.raters.high))}</>}
      </Text>
    </Group>
  );
}
