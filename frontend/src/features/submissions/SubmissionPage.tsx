import { Button, Group, Paper, Stack, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { notifications } from '@mantine/notifications';
import { IconEyeOff, IconRefresh, IconUpload } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';

import { answered, api } from '~/api/client';
import { asProblem } from '~/api/problem';
import { keys, queries } from '~/api/queries';
import type { Submission } from '~/api/types';
import { useTopic } from '~/live';
import { useSession } from '~/session';
import { EmptyState, Lines, Page, Query, Time } from '~/ui';

import { FindingsPanel } from './FindingsPanel';
import { ProgressSteps } from './ProgressSteps';
import { ScoresSection } from './ScoresSection';
import { StatusBadge } from './StatusBadge';
import { text } from './text';

export function SubmissionPage() {
  const { submissionId = '' } = useParams();
  useTopic(submissionId ? `submission:${submissionId}` : null);
  const submission = useQuery(queries.submission(submissionId));
  if (!submission.data) {
    return (
      <Page title={text.page.loading}>
        <Query of={submission} loading={<Lines />}>
          {() => null}
        </Query>
      </Page>
    );
  }
  return <SubmissionContent submission={submission.data} />;
}

function SubmissionContent({ submission }: { readonly submission: Submission }) {
  const { phase, participant } = submission;
  return (
    <Page
      title={submission.method_name}
      eyebrow={
        <Link to={`/challenges/${phase.challenge.slug}/leaderboard?phase=${phase.slug}`} style={{ color: 'inherit' }}>
          {text.page.phaseLink(phase.challenge.title, phase.title)}
        </Link>
      }
      lead={
        <>
          {submission.run ? text.page.byRun(participant.name) : text.page.by(participant.name, submission.archive_name)} · <Time iso={submission.created_at} />
        </>
      }
      aside={<Actions submission={submission} />}
    >
      <Stack gap="lg">
        <Paper p="md" component="section" aria-label={text.status[submission.status]}>
          <ProgressSteps submission={submission} />
        </Paper>
        {submission.method_description && (
          <Text c="dimmed" maw={720} style={{ whiteSpace: 'pre-wrap' }}>
            {submission.method_description}
          </Text>
        )}
        {submission.findings.length > 0 && <FindingsPanel findings={submission.findings} />}
        <Results submission={submission} />
      </Stack>
    </Page>
  );
}

function Results({ submission }: { readonly submission: Submission }) {
  if (submission.evaluations.length > 0) return <ScoresSection submission={submission} />;
  if (submission.status !== 'scored') return null;
  return (
    <EmptyState icon={<IconEyeOff size={28} />} title={text.page.hiddenScores.title}>
      {text.page.hiddenScores.sentence}
    </EmptyState>
  );
}

function Actions({ submission }: { readonly submission: Submission }) {
  const { user } = useSession();
  const withdraw = useStep(submission, 'withdraw', text.page.withdrawn);
  const retry = useStep(submission, 'retry', text.page.retried);
  const askToWithdraw = () =>
    modals.openConfirmModal({
      title: text.page.withdrawTitle,
      children: text.page.withdrawSentence,
      labels: { confirm: text.page.withdraw, cancel: text.page.keep },
      confirmProps: { color: 'red' },
      onConfirm: () => withdraw.mutate(),
    });
  return (
    <Group gap="sm">
      <StatusBadge status={submission.status} />
      {submission.run && (
        <Button component={Link} to={`/runs/${submission.run.id}`} variant="default">
          {text.page.run}
        </Button>
      )}
      {submission.may_retry && (
        <Button
          variant="light"
          leftSection={<IconRefresh size={16} aria-hidden />}
          loading={retry.isPending}
          onClick={() => retry.mutate()}
        >
          {text.page.retry}
        </Button>
      )}
      {submission.status === 'rejected' && submission.participant.id === user?.id && (
        <Button
          component={Link}
          to={`/phases/${submission.phase.id}/submit`}
          leftSection={<IconUpload size={16} aria-hidden />}
        >
          {text.page.again}
        </Button>
      )}
      {submission.may_withdraw && (
        <Button variant="default" loading={withdraw.isPending} onClick={askToWithdraw}>
          {text.page.withdraw}
        </Button>
      )}
    </Group>
  );
}

/** Withdraw or retry; both answer with the submission as it is now. */
function useStep(submission: Submission, step: 'withdraw' | 'retry', done: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => {
      const params = { params: { path: { submission_id: submission.id } } };
      return step === 'withdraw'
        ? answered(api.POST('/api/v1/submissions/{submission_id}/withdraw/', params))
        : answered(api.POST('/api/v1/submissions/{submission_id}/retry/', params));
    },
    onSuccess: async (now) => {
      cache.setQueryData(keys.submission(submission.id), now);
      notifications.show({ message: done });
      await cache.invalidateQueries({ queryKey: keys.submissions });
    },
    onError: (error) => notifications.show({ color: 'red', message: asProblem(error).message }),
  });
}
