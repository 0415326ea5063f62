import { Button, Card, Group, SimpleGrid, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus, IconUsersGroup } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';

import { queries } from '~/api/queries';
import type { ChallengeSummary } from '~/api/types';
import { ChallengeBadges } from '~/features/challenges/ChallengesPage';
import { useSession } from '~/session';
import { EmptyState, Lines, Page, Query } from '~/ui';
import card from '~/ui/linkCard.module.css';

import { NewChallengeModal } from './NewChallengeModal';
import classes from './OrganizerHome.module.css';
import { text } from './text';

/** The challenges that this person organizes. */
export function OrganizerHome() {
  const { known, user } = useSession();
  if (!known) return <Page title={text.title}><Lines /></Page>;
  if (!user) {
    return (
      <Page title={text.title}>
        <EmptyState icon={<IconUsersGroup size={28} />} title={text.signIn} />
      </Page>
    );
  }
  return <Organized />;
}

function Organized() {
  const challenges = useQuery(queries.challenges());
  const [opened, modal] = useDisclosure();
  const create = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={modal.open}>
      {text.create}
    </Button>
  );
  return (
    <Page title={text.title} lead={text.lead} aside={create}>
      <Query of={challenges} loading={<Skeletons />}>
        {({ results }) => <Cards challenges={results.filter(({ my_permissions }) => my_permissions.includes('challenge:edit'))} />}
      </Query>
      <NewChallengeModal opened={opened} onClose={modal.close} />
    </Page>
  );
}

function Cards({ challenges }: { readonly challenges: readonly ChallengeSummary[] }) {
  if (challenges.length === 0) {
    return (
      <EmptyState icon={<IconUsersGroup size={28} />} title={text.empty.title}>
        {text.empty.sentence}
      </EmptyState>
    );
  }
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: challenges.length > 2 ? 3 : 2 }} spacing="lg">
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
            <Link to={`/organize/${challenge.slug}`} className={card.link ?? ''}>
              {challenge.title}
            </Link>
          </Title>
          {challenge.summary && (
            <Text c="dimmed" size="sm">
              {challenge.summary}
            </Text>
          )}
        </Stack>
        <Group component="dl" gap="xl" m={0} className={classes.facts ?? ''}>
          <Fact name={text.facts.cases} value={challenge.case_count} />
          <Fact name={text.facts.phases} value={challenge.phase_count} />
          <Fact name={text.facts.participants} value={challenge.participant_count} />
        </Group>
      </Stack>
    </Card>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: number }) {
  return (
    <div>
      <Text component="dt" size="xs" c="dimmed">
        {name}
      </Text>
      <Text component="dd" m={0} fw={600}>
        {value.toLocaleString('en')}
      </Text>
    </div>
  );
}

function Skeletons() {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg">
      <Skeleton height={180} radius="md" />
      <Skeleton height={180} radius="md" />
    </SimpleGrid>
  );
}
