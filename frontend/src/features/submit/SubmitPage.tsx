import { Button, Grid, Paper, Stack, Text } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useParams } from 'react-router';

import { queries } from '~/api/queries';
import type { Challenge, Phase } from '~/api/types';
import { phaseText, submissionBarrier } from '~/features/phase';
import { useTopic } from '~/live';
import { loginPath, type Person, useSession } from '~/session';
import { EmptyState, Lines, Page, Query } from '~/ui';

import { ArchiveNeeds } from './ArchiveNeeds';
import { Preflight } from './Preflight';
import { SubmitForm } from './SubmitForm';
import { text } from './text';

const LOADING = <Lines count={4} height={60} />;

export function SubmitPage() {
  const { phaseId = '' } = useParams();
  useTopic(phaseId ? `phase:${phaseId}` : null);
  const phase = useQuery(queries.phase(phaseId));
  const slug = phase.data?.challenge.slug ?? '';
  const challenge = useQuery({ ...queries.challenge(slug), enabled: slug !== '' });
  const { user, known } = useSession();
  if (!phase.data || !challenge.data || !known) {
    return (
      <Page title={text.title}>
        <Query of={phase} loading={LOADING}>
          {() => (
            <Query of={challenge} loading={LOADING}>
              {() => LOADING}
            </Query>
          )}
        </Query>
      </Page>
    );
  }
  return <SubmitContent phase={phase.data} challenge={challenge.data} user={user} />;
}

interface SubmitContentProps {
  readonly phase: Phase;
  readonly challenge: Challenge;
  readonly user: Person | null;
}

function SubmitContent({ phase, challenge, user }: SubmitContentProps) {
  const [submitted, setSubmitted] = useState<string | null>(null);
  const barrier = submissionBarrier(phase, { signedIn: user !== null, role: challenge.my_role }, new Date());
  return (
    <Page
      title={text.title}
      eyebrow={
        <Link to={`/challenges/${challenge.slug}`} style={{ color: 'inherit' }}>
          {text.eyebrow(challenge.title, phase.title)}
        </Link>
      }
      aside={<AttemptsLeft phase={phase} />}
    >
      <Grid gutter="xl">
        <Grid.Col span={{ base: 12, md: submitted ? 12 : 7 }}>
          {submitted && <Preflight submissionId={submitted} onAnother={() => setSubmitted(null)} />}
          {!submitted && barrier === null && user && (
            <SubmitForm phase={phase} userId={user.id} onSubmitted={setSubmitted} />
          )}
          {!submitted && barrier !== null && (
            <EmptyState
              icon={<IconLock size={28} />}
              title={text.blocked}
              action={
                <Button
                  component={Link}
                  variant="light"
                  to={barrier === 'login' ? loginPath(`/phases/${phase.id}/submit`) : `/challenges/${challenge.slug}`}
                >
                  {barrier === 'login' ? text.login : text.toChallenge}
                </Button>
              }
            >
              {phaseText.barriers[barrier]}
            </EmptyState>
          )}
        </Grid.Col>
        {!submitted && (
          <Grid.Col span={{ base: 12, md: 5 }}>
            <ArchiveNeeds phase={phase} mayListCases={challenge.my_permissions.includes('phase:data') && phase.images_shared} />
          </Grid.Col>
        )}
      </Grid>
    </Page>
  );
}

function AttemptsLeft({ phase }: { readonly phase: Phase }) {
  if (!phase.attempts) return null;
  const { left_today, left_total, in_check } = phase.attempts;
  return (
    <Paper px="md" py="xs">
      <Stack gap={0}>
        <Text fw={600} size="sm">
          {text.attempts(left_today, left_total)}
        </Text>
        <Text size="xs" c="dimmed">
          {in_check > 0 ? phaseText.attempts.inCheck(in_check) : text.attemptsHint}
        </Text>
      </Stack>
    </Paper>
  );
}
