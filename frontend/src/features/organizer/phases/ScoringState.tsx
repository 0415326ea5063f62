import { Button, Group, Progress, Stack, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { IconRefresh } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';

import { answered, api } from '~/api/client';
import { keys, queries } from '~/api/queries';
import type { Phase, PhaseScoring } from '~/api/types';
import { useMetricSetWords } from '~/features/metrics';
import { formatList } from '~/format';
import { useTopic } from '~/live';
import { Lines, Query } from '~/ui';

import { useAction } from '../useAction';
import { type ScoringKind, type ScoringPart, scoringParts, toRescore } from './scoringCounts';
import classes from './ScoringState.module.css';
import { text } from './text';

const COLORS: Readonly<Record<ScoringKind, string>> = {
  current: 'teal',
  scoring: 'petrol',
  older: 'yellow',
  failed: 'red',
};

/** Which metrics the phase's scores are of, how many are older, and scoring them anew; live. */
export function ScoringState({ phase }: { readonly phase: Phase }) {
  useTopic(`submissions:${phase.id}`);
  const scoring = useQuery(queries.phaseScoring(phase.id));
  return (
    <section className={classes.state} aria-label={text.state.title}>
      <Query of={scoring} loading={<Lines count={1} height={22} />}>
        {(found) => <Found phase={phase} scoring={found} />}
      </Query>
    </section>
  );
}

interface FoundProps {
  readonly phase: Phase;
  readonly scoring: PhaseScoring;
}

function Found({ phase, scoring }: FoundProps) {
  const words = useMetricSetWords();
  const parts = scoringParts(scoring.evaluations);
  const sets = scoring.older_sets.map(({ metric_set, count }) => text.state.olderSet(count, words(metric_set)));
  return (
    <Group justify="space-between" align="flex-start" gap="md">
      <Stack gap={5} flex="1 1 300px">
        <Text size="sm" fw={600} component="h4" m={0}>
          {text.state.title}
        </Text>
        {parts.length === 0 ? (
          <Text size="sm" c="dimmed">
            {text.state.none}
          </Text>
        ) : (
          <Parts parts={parts} underWay={scoring.evaluations.scoring > 0} />
        )}
        <Text size="xs" c="dimmed">
          {text.state.of(words(scoring.metric_set))}
        </Text>
        {sets.length > 0 && <Text size="xs">{text.state.older(formatList(sets))}</Text>}
      </Stack>
      <Rescore phase={phase} scoring={scoring} />
    </Group>
  );
}

function Parts({ parts, underWay }: { readonly parts: readonly ScoringPart[]; readonly underWay: boolean }) {
  const words = parts.map(({ kind, count }) => `${count.toLocaleString('en')} ${text.state.kinds[kind]}`);
  return (
    <>
      <Progress.Root size="sm" maw={460} role="img" aria-label={text.state.bar(words.join(', '))}>
        {parts.map(({ kind, percent }) => (
          <Progress.Section
            key={kind}
            value={percent}
            color={COLORS[kind]}
            withAria={false}
            animated={underWay && kind === 'scoring'}
            striped={underWay && kind === 'scoring'}
          />
        ))}
      </Progress.Root>
      <Group component="ul" gap="md" className={classes.parts ?? ''} role="status">
        {parts.map(({ kind }, index) => (
          <li key={kind}>
            <span className={classes.swatch} style={{ background: `var(--mantine-color-${COLORS[kind]}-filled)` }} aria-hidden />
            {words[index]}
          </li>
        ))}
      </Group>
    </>
  );
}

function Rescore({ phase, scoring }: FoundProps) {
  const words = useMetricSetWords();
  const count = toRescore(scoring.evaluations);
  const rescore = useAction(
    () => answered(api.POST('/api/v1/phases/{phase_id}/rescore/', { params: { path: { phase_id: phase.id } } })),
    { stale: [keys.phaseSubmissions(phase.id)], done: () => text.state.started },
  );
  if (count === 0) return null;
  const { confirm } = text.state;
  const ask = () =>
    modals.openConfirmModal({
      title: confirm.title(count),
      children: confirm.sentence(words(scoring.metric_set)),
      labels: { confirm: confirm.yes, cancel: confirm.no },
      onConfirm: () => rescore.mutate(undefined),
    });
  return (
    <Button variant="light" leftSection={<IconRefresh size={16} aria-hidden />} loading={rescore.isPending} onClick={ask}>
      {text.state.rescore(count)}
    </Button>
  );
}
