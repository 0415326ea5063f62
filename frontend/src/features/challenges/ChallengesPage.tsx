import { Anchor, Badge, Card, Group, SimpleGrid, Skeleton, Stack, Text, Title, Tooltip } from '@mantine/core';
import { IconBrain } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';

import { queries } from '~/api/queries';
import type { ChallengeSummary } from '~/api/types';
import { defaultPhase, PhaseBadge, phaseState } from '~/features/phase';
import { useSession } from '~/session';
import { EmptyState, Page, Query } from '~/ui';
import card from '~/ui/linkCard.module.css';

import classes from './ChallengesPage.module.css';
import { HowItWorks } from './HowItWorks';
import { Leaders } from './Leaders';
import { text } from './text';

export function ChallengesPage() {
  const challenges = useQuery(queries.challenges());
  return (
    <Page title={text.title} lead={text.lead}>
      <Query of={challenges} loading={<CardSkeletons />}>
        {({ results }) => (
          <div className={results.length === 1 ? classes.beside : undefined}>
            {results.length > 0 ? <Cards challenges={results} /> : <NoChallenge />}
            <HowItWorks narrow={results.length === 1} />
          </div>
        )}
      </Query>
    </Page>
  );
}

function Cards({ challenges }: { readonly challenges: readonly ChallengeSummary[] }) {
  return (
    <SimpleGrid cols={challenges.length === 1 ? 1 : { base: 1, sm: 2, lg: challenges.length > 2 ? 3 : 2 }} spacing="lg">
      {challenges.map((challenge) => (
        <ChallengeCard key={challenge.id} challenge={challenge} />
      ))}
    </SimpleGrid>
  );
}

function ChallengeCard({ challenge }: { readonly challenge: ChallengeSummary }) {
  return (
    <Card p="lg" className={card.card ?? ''}>
      <Stack gap="sm" h="100%">
        <Group gap={6}>
          <ChallengeBadges challenge={challenge} />
        </Group>
        <Stack gap={4} flex={1}>
          <Title order={2}>
            <Link to={`/challenges/${challenge.slug}`} className={card.link ?? ''}>
              {challenge.title}
            </Link>
          </Title>
          {challenge.summary && <Text c="dimmed">{challenge.summary}</Text>}
        </Stack>
        <Phases slug={challenge.slug} count={challenge.phase_count} />
        <Text size="sm" c="dimmed">
          {text.counts(challenge.case_count, challenge.participant_count)}
        </Text>
      </Stack>
    </Card>
  );
}

export function ChallengeBadges({ challenge }: { readonly challenge: ChallengeSummary }) {
  return (
    <>
      {challenge.is_synthetic && (
        <Tooltip label={text.syntheticHint}>
          <Badge color="grape">{text.synthetic}</Badge>
        </Tooltip>
      )}
      {challenge.visibility === 'draft' && (
        <Tooltip label={text.draftHint}>
          <Badge color="yellow">{text.draft}</Badge>
        </Tooltip>
      )}
      {challenge.my_role && <Badge>{text.roles[challenge.my_role]}</Badge>}
    </>
  );
}

function Phases({ slug, count }: { readonly slug: string; readonly count: number }) {
  const phases = useQuery({ ...queries.challengePhases(slug), enabled: count > 0 });
  const now = new Date();
  if (count === 0) {
    return (
      <Text size="sm" c="dimmed">
        {text.noPhases}
      </Text>
    );
  }
  if (!phases.data) return <Skeleton height={22 * count} />;
  const shown = defaultPhase(phases.data.results, now);
  return (
    <>
      {shown && <Leaders phase={shown} />}
      <Stack gap={5} component="ul" className={classes.phases}>
        {phases.data.results.map((phase) => (
          <Group key={phase.id} component="li" justify="space-between" wrap="nowrap" gap="sm">
            <Text size="sm" truncate>
              {phase.title}
            </Text>
            <PhaseBadge state={phaseState(phase, now)} />
          </Group>
        ))}
      </Stack>
    </>
  );
}

function NoChallenge() {
  const { user } = useSession();
  return (
    <EmptyState
      icon={<IconBrain size={30} />}
      title={text.empty.title}
      action={
        user && (
          <Anchor component={Link} to="/organize">
            {text.empty.organize}
          </Anchor>
        )
      }
    >
      {text.empty.sentence}
    </EmptyState>
  );
}

function CardSkeletons() {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg">
      <Skeleton height={210} radius="md" />
      <Skeleton height={210} radius="md" />
    </SimpleGrid>
  );
}
