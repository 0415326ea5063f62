import { Button, Group, Paper, Stack, Text, Title, Tooltip } from '@mantine/core';
import { IconCalendarEvent, IconEye, IconListNumbers, IconStack2, IconTarget, IconUpload } from '@tabler/icons-react';
import type { ComponentType, ReactNode } from 'react';
import { Link } from 'react-router';

import type { Challenge, Phase } from '~/api/types';
import { PhaseBadge, phaseState, phaseText as text, submissionBarrier, useRankingRule } from '~/features/phase';
import { useSession } from '~/session';
import { Markdown } from '~/ui/Markdown';

interface PhaseCardProps {
  readonly challenge: Challenge;
  readonly phase: Phase;
}

/** A phase in words: when, how often, who sees what; and the two ways on. */
export function PhaseCard({ challenge, phase }: PhaseCardProps) {
  const { user } = useSession();
  const rule = useRankingRule(phase);
  const now = new Date();
  const barrier = submissionBarrier(phase, { signedIn: user !== null, role: challenge.my_role }, now);
  return (
    <Paper p="md" component="section" aria-label={phase.title}>
      <Stack gap="sm">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <Title order={3}>{phase.title}</Title>
          <PhaseBadge state={phaseState(phase, now)} />
        </Group>
        {phase.description && <Markdown>{phase.description}</Markdown>}
        <Stack gap={6}>
          <Line icon={IconCalendarEvent}>{timeSentence(phase, now)}</Line>
          <Line icon={IconStack2}>
            {text.attempts.limits(phase.attempts_per_day, phase.attempts_total)}
            {phase.attempts && phase.is_open && (
              <Text size="sm" c="dimmed">
                {text.attempts.left(phase.attempts.left_today, phase.attempts.left_total)}
              </Text>
            )}
          </Line>
          <Line icon={IconEye}>{text.scores[phase.score_visibility]}</Line>
          <Line icon={IconTarget}>{referenceSentence(phase)}</Line>
          {rule && (
            <Line icon={IconListNumbers}>
              <details>
                <summary>{rule.short}</summary>
                <Text size="sm" c="dimmed" mt={4}>
                  {rule.whole}
                </Text>
              </details>
            </Line>
          )}
        </Stack>
        <Group gap="sm">
          {barrier === null ? (
            <Button component={Link} to={`/phases/${phase.id}/submit`} leftSection={<IconUpload size={16} aria-hidden />}>
              {text.submit}
            </Button>
          ) : (
            <Tooltip label={text.barriers[barrier]}>
              <Button variant="default" data-disabled aria-disabled onClick={(event) => event.preventDefault()}>
                {text.submit}
              </Button>
            </Tooltip>
          )}
          <Button
            component={Link}
            to={`/challenges/${challenge.slug}/leaderboard?phase=${phase.slug}`}
            variant="light"
          >
            {text.board}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}

function timeSentence(phase: Phase, now: Date): string {
  const { when } = text;
  switch (phaseState(phase, now)) {
    case 'upcoming':
      return phase.opens_at ? when.opens(phase.opens_at) : when.noEnd;
    case 'open':
      return phase.closes_at ? when.closes(phase.closes_at) : when.noEnd;
    case 'closed':
      return phase.closes_at ? when.closed(phase.closes_at) : when.closedAlready;
  }
}

function referenceSentence({ reference_state: { cases, with_reference } }: Phase): string {
  if (cases === 0) return text.reference.none;
  return with_reference === cases ? text.reference.ready(cases) : text.reference.partly(with_reference, cases);
}

interface LineProps {
  readonly icon: ComponentType<{ size: number; 'aria-hidden': boolean; style: { flex: string; marginTop: number } }>;
  readonly children: ReactNode;
}

function Line({ icon: Icon, children }: LineProps) {
  return (
    <Group gap={9} wrap="nowrap" align="flex-start">
      <Icon size={16} aria-hidden style={{ flex: 'none', marginTop: 2 }} />
      <Text size="sm" component="div">
        {children}
      </Text>
    </Group>
  );
}
