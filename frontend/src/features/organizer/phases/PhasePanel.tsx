import { Button, Group, Paper, Progress, Stack, Text, Title } from '@mantine/core';
import { IconListNumbers, IconPencil } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';

import type { Phase } from '~/api/types';
import { PhaseBadge, phaseState, useRankingRule } from '~/features/phase';
import { formatMinute, percentDone } from '~/format';
import { useTopic } from '~/live';

import classes from '../data/data.module.css';
import { ScoringState } from './ScoringState';
import { text } from './text';

/** A phase at a glance: dates, rules, and whether it can score. */
export function PhasePanel({ phase, onEdit }: { readonly phase: Phase; readonly onEdit: () => void }) {
  useTopic(`phase:${phase.id}`);
  const rule = useRankingRule(phase);
  const { facts } = text;
  const { dataset_version: version } = phase;
  return (
    <Paper p="md">
      <Stack gap="sm">
        <Group justify="space-between" gap="xs">
          <Group gap="xs">
            <Title order={3}>{phase.title}</Title>
            <PhaseBadge state={phaseState(phase, new Date())} />
          </Group>
          <Group gap="xs">
            <Button
              component={Link}
              to={`/challenges/${phase.challenge.slug}/leaderboard?phase=${phase.slug}`}
              size="compact-sm"
              variant="subtle"
              leftSection={<IconListNumbers size={15} aria-hidden />}
            >
              {text.openPublic}
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconPencil size={15} aria-hidden />}
              aria-label={text.edit(phase.title)}
              onClick={onEdit}
            >
              {text.editButton}
            </Button>
          </Group>
        </Group>
        <dl className={classes.facts}>
          <Fact name={facts.opens}>{phase.opens_at ? formatMinute(phase.opens_at) : facts.always}</Fact>
          <Fact name={facts.closes}>{phase.closes_at ? formatMinute(phase.closes_at) : facts.always}</Fact>
          <Fact name={facts.data}>{facts.version(version.dataset_name, version.number)}</Fact>
          <Fact name={facts.attempts}>{facts.attemptsOf(phase.attempts_per_day, phase.attempts_total)}</Fact>
          <Fact name={facts.scores}>
            <span title={text.visibility[phase.score_visibility].means}>{text.visibility[phase.score_visibility].name}</span>
          </Fact>
          <Fact name={facts.shared}>{sharedOf(phase)}</Fact>
          {rule && (
            <Fact name={facts.ranking}>
              <span title={rule.whole}>{rule.short}</span>
            </Fact>
          )}
          <Fact name={facts.referenceState}>
            <ReferenceState phase={phase} />
          </Fact>
        </dl>
        <ScoringState phase={phase} />
      </Stack>
    </Paper>
  );
}

function sharedOf({ images_shared, reference_shared }: Phase): string {
  const { images, reference, nothing } = text.facts;
  return [...(images_shared ? [images] : []), ...(reference_shared ? [reference] : [])].join(', ') || nothing;
}

function ReferenceState({ phase }: { readonly phase: Phase }) {
  const { cases, with_reference, number } = phase.reference_state;
  const complete = cases > 0 && with_reference >= cases;
  return (
    <Stack gap={3}>
      <Group gap={8}>
        <Progress
          value={percentDone(with_reference, cases)}
          w={80}
          color={complete ? 'teal' : 'yellow'}
          aria-label={text.reference.some(with_reference, cases)}
        />
        <Text size="sm">
          {text.reference.some(with_reference, cases)}
          {number !== null && `, ${text.reference.number(number)}`}
        </Text>
      </Group>
      {!complete && (
        <Text size="xs" c="dimmed">
          {text.reference.waiting}
        </Text>
      )}
    </Stack>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
