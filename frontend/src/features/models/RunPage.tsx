import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { modals } from '@mantine/modals';
import { IconExternalLink, IconRefresh } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link, useParams } from 'react-router';

import { answered, api } from '~/api/client';
import { useAction } from '~/features/organizer/useAction';
import { useTopic } from '~/live';
import { Lines, Page, Query, Time } from '~/ui';

import { CaseTimesPlot } from './CaseTimesPlot';
import { caseTimes } from './caseTimes';
import type { Fact } from './Facts';
import { RunLog } from './LogPanel';
import { modelKeys, modelQueries, type Run, type RunCase } from './queries';
import { RunCasesTable } from './RunCasesTable';
import { text } from './runText';
import { WorkBadge } from './StateBadges';
import { text as shared } from './text';
import { useChallengeOf } from './useChallengeOf';
import { useNow } from './useNow';
import { elapsed_s, formatMemory, formatSeconds, isUnderWay } from './work';
import { WorkProgress } from './WorkProgress';

const NO_CASES: readonly RunCase[] = [];

/** One run of a model, live: how far it is, how long each case takes, and what went wrong. */
export function RunPage() {
  const { runId = '' } = useParams();
  useTopic(runId ? `run:${runId}` : null);
  const run = useQuery(modelQueries.run(runId));
  const cases = useQuery(modelQueries.runCases(runId));
  if (run.data) return <RunContent run={run.data} cases={cases.data ?? NO_CASES} />;
  return (
    <Page title={text.loading}>
      <Query of={run} loading={<Lines />}>
        {() => null}
      </Query>
    </Page>
  );
}

interface RunContentProps {
  readonly run: Run;
  readonly cases: readonly RunCase[];
}

function RunContent({ run, cases }: RunContentProps) {
  const { version, purpose } = run;
  const challenge = useChallengeOf(version.algorithm.id);
  const times = useMemo(() => caseTimes(cases), [cases]);
  const numbers = useMemo(() => cases.map(({ number }) => number).sort((a, b) => a - b), [cases]);
  const now = useNow(isUnderWay(run.status));
  const sentence = run.status === 'running' ? (text.stages[run.stage] ?? run.stage) : shared.work[run.status];
  return (
    <Page
      title={text.title(version.algorithm.name, version.number)}
      eyebrow={
        challenge && (
          <Link to={`/challenges/${challenge.slug}/models?view=runs`} style={{ color: 'inherit' }}>
            {challenge.title} · {shared.views.runs}
          </Link>
        )
      }
      lead={
        <>
          {text.lead(shared.purposes[purpose], shared.runs.on(run))} · {text.asked(run.requested_by.name)} · <Time iso={run.created_at} />
        </>
      }
      aside={<Actions run={run} modelPath={challenge && `/challenges/${challenge.slug}/models/${version.algorithm.id}`} />}
    >
      <Stack gap="lg">
        <WorkProgress
          work={run}
          sentence={sentence || shared.work[run.status]}
          progress={text.progress(run.done, run.total)}
          facts={factsOf(run, cases, times.median_s, now)}
        />
        {(times.median_s !== null || isUnderWay(run.status)) && (
          <section>
            <Title order={2} mb="sm">
              {text.times.title}
            </Title>
            <Paper p="md">{times.median_s === null ? <Text size="sm" c="dimmed">{text.times.none}</Text> : <CaseTimesPlot times={times} numbers={numbers} />}</Paper>
          </section>
        )}
        <section>
          <Title order={2} mb="sm">
            {text.cases.title}
          </Title>
          {!run.shows_cases && (
            <Text size="sm" c="dimmed" mb="xs">
              {text.cases.hidden}
            </Text>
          )}
          <RunCasesTable cases={cases} isShown={run.shows_cases} isUnderWay={isUnderWay(run.status)} />
        </section>
        {run.shows_log && (
          <section>
            <Title order={2} mb="sm">
              {text.log.title}
            </Title>
            <RunLog runId={run.id} />
          </section>
        )}
      </Stack>
    </Page>
  );
}

function factsOf(run: Run, cases: readonly RunCase[], median_s: number | null, now: Date): Fact[] {
  const taken = elapsed_s(run, now);
  const words = text.facts;
  const memory_mib = Math.max(run.memory_mib ?? 0, ...cases.map((row) => row.memory_mib ?? 0));
  return [
    ...(run.status === 'running' ? [{ term: words.left, value: run.seconds_left === null ? words.unknown : formatSeconds(run.seconds_left) }] : []),
    ...(taken === null ? [] : [{ term: words.taken, value: formatSeconds(taken) }]),
    ...(median_s === null ? [] : [{ term: words.median, value: formatSeconds(median_s) }]),
    ...(memory_mib === 0 ? [] : [{ term: words.memory, value: formatMemory(memory_mib) }]),
    ...(run.gpu_memory_mib === null ? [] : [{ term: words.gpuMemory, value: formatMemory(run.gpu_memory_mib) }]),
    ...(run.device ? [{ term: words.device, value: run.device }] : []),
    ...(run.worker ? [{ term: words.worker, value: run.worker }] : []),
    ...(run.sequences ? [{ term: words.sequences, value: run.sequences.join(', ') }] : []),
  ];
}

function Actions({ run, modelPath }: { readonly run: Run; readonly modelPath: string | null }) {
  const params = { params: { path: { run_id: run.id } } };
  const stale = [modelKeys.run(run.id)];
  const cancel = useAction(() => answered(api.POST('/api/v1/runs/{run_id}/cancel/', params)), { stale, done: () => text.cancelled });
  const retry = useAction(() => answered(api.POST('/api/v1/runs/{run_id}/retry/', params)), { stale, done: () => text.retried });
  const askToCancel = () =>
    modals.openConfirmModal({
      title: text.cancelTitle,
      children: text.cancelSentence,
      labels: { confirm: text.cancel, cancel: text.keep },
      confirmProps: { color: 'red' },
      onConfirm: () => cancel.mutate(undefined),
    });
  return (
    <Group gap="sm">
      <WorkBadge status={run.status} />
      {run.submission && (
        <Button component={Link} to={`/submissions/${run.submission}`} leftSection={<IconExternalLink size={16} aria-hidden />}>
          {text.submission}
        </Button>
      )}
      {modelPath && (
        <Button component={Link} to={modelPath} variant="default">
          {text.model}
        </Button>
      )}
      {run.may_retry && (
        <Button variant="light" leftSection={<IconRefresh size={16} aria-hidden />} loading={retry.isPending} onClick={() => retry.mutate(undefined)}>
          {text.retry}
        </Button>
      )}
      {run.may_cancel && (
        <Button variant="default" loading={cancel.isPending} onClick={askToCancel}>
          {text.cancel}
        </Button>
      )}
    </Group>
  );
}
