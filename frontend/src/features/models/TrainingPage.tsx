import { Badge, Button, Group, Paper, Stack, Title, Tooltip } from '@mantine/core';
import { modals } from '@mantine/modals';
import { IconExternalLink, IconRefresh } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';

import { answered, api } from '~/api/client';
import { useAction } from '~/features/organizer/useAction';
import { formatList } from '~/format';
import { useTopic } from '~/live';
import { Lines, Page, Query } from '~/ui';

import { flatFigures } from './configFacts';
import { CurvePlots } from './CurvePlots';
import { type Fact, Facts } from './Facts';
import { TrainingLog } from './LogPanel';
import { text as pageText } from './pageText';
import { type Algorithm, modelKeys, modelQueries, type Training } from './queries';
import { text as runText } from './runText';
import { WorkBadge } from './StateBadges';
import { text as shared } from './text';
import { text } from './trainingText';
import { useChallengeOf } from './useChallengeOf';
import { useNow } from './useNow';
import { elapsed_s, formatMemory, formatSeconds, isUnderWay } from './work';
import { WorkProgress } from './WorkProgress';

/** Of what the worker said at the end; the rest stands elsewhere on the page. */
const FIGURES = ['validation_dice', 'steps', 'seconds', 'labels_seen', 'parameters', 'torch'];

/** One training, live: its curves, what it learns from, and the version that comes of it. */
export function TrainingPage() {
  const { trainingId = '' } = useParams();
  useTopic(trainingId ? `training:${trainingId}` : null);
  const training = useQuery(modelQueries.training(trainingId));
  if (training.data) return <TrainingContent training={training.data} />;
  return (
    <Page title={text.loading}>
      <Query of={training} loading={<Lines />}>
        {() => null}
      </Query>
    </Page>
  );
}

function TrainingContent({ training }: { readonly training: Training }) {
  const { algorithm, config, dataset } = training;
  useTopic(`algorithm:${algorithm.id}`); // of the version that it makes
  const challenge = useChallengeOf(algorithm.id);
  const curve = useQuery(modelQueries.curve(training.id));
  const now = useNow(isUnderWay(training.status));
  const modelPath = challenge && `/challenges/${challenge.slug}/models/${algorithm.id}`;
  const { summary } = training;
  const figures = FIGURES.flatMap((name) => flatFigures({ [name]: summary[name] }));
  const recipe = flatFigures((summary['recipe'] ?? {}) as Readonly<Record<string, unknown>>);
  return (
    <Page
      title={text.title(algorithm.name)}
      eyebrow={
        challenge && (
          <Link to={`/challenges/${challenge.slug}/models?view=trainings`} style={{ color: 'inherit' }}>
            {challenge.title} · {shared.views.trainings}
          </Link>
        )
      }
      lead={text.lead(text.networks[config.architecture] ?? config.architecture, dataset.name, dataset.version)}
      aside={<Actions training={training} modelPath={modelPath} />}
    >
      <Stack gap="lg">
        <WorkProgress
          work={training}
          sentence={training.status === 'running' && training.stage ? sentenceCase(training.stage) : shared.work[training.status]}
          progress={training.total > 0 ? `${Math.floor((100 * training.done) / training.total)} %` : null}
          facts={factsOf(training, now)}
        />
        <section>
          <Title order={2} mb="sm">
            {text.curve.title}
          </Title>
          <Query of={curve}>{(points) => <CurvePlots points={points} isUnderWay={isUnderWay(training.status)} />}</Query>
        </section>
        {figures.length > 0 && (
          <section>
            <Title order={2} mb="sm">
              {pageText.card.figures}
            </Title>
            <Paper p="md">
              <Stack gap="md">
                <Facts facts={figures} />
                {recipe.length > 0 && (
                  <details>
                    <summary>{text.recipe}</summary>
                    <Facts facts={recipe} />
                  </details>
                )}
              </Stack>
            </Paper>
          </section>
        )}
        <section>
          <Title order={2} mb="sm">
            {runText.log.title}
          </Title>
          <TrainingLog trainingId={training.id} />
        </section>
      </Stack>
    </Page>
  );
}

function sentenceCase(stage: string): string {
  return stage.charAt(0).toUpperCase() + stage.slice(1);
}

function factsOf(training: Training, now: Date): Fact[] {
  const words = text.facts;
  const taken = elapsed_s(training, now);
  const recipe = flatFigures(training.recipe).map(({ term, value }) => `${term} ${value}`);
  const { memory_mib, gpu_memory_mib, seconds_left } = training;
  return [
    ...(training.status === 'running' ? [{ term: words.left, value: seconds_left === null ? words.unknown : formatSeconds(seconds_left) }] : []),
    ...(taken === null ? [] : [{ term: words.taken, value: formatSeconds(taken) }]),
    { term: words.budget, value: formatSeconds(training.budget_s) },
    { term: words.cases, value: words.split(training.training_cases, training.validation_cases) },
    { term: words.seeds, value: words.seedsOf(training.seed, training.split_seed) },
    { term: words.recipe, value: recipe.length > 0 ? formatList(recipe) : words.ownRecipe },
    ...(memory_mib === null ? [] : [{ term: words.memory, value: formatMemory(memory_mib) }]),
    ...(gpu_memory_mib === null ? [] : [{ term: words.gpuMemory, value: formatMemory(gpu_memory_mib) }]),
    ...(training.device ? [{ term: words.device, value: training.device }] : []),
    ...(training.worker ? [{ term: words.worker, value: training.worker }] : []),
    { term: words.digest, value: training.data_digest.slice(0, 12) },
  ];
}

function Actions({ training, modelPath }: { readonly training: Training; readonly modelPath: string | null }) {
  const params = { params: { path: { training_id: training.id } } };
  const stale = [modelKeys.training(training.id)];
  const cancel = useAction(() => answered(api.POST('/api/v1/trainings/{training_id}/cancel/', params)), { stale, done: () => text.cancelled });
  const retry = useAction(() => answered(api.POST('/api/v1/trainings/{training_id}/retry/', params)), { stale, done: () => text.retried });
  const made = useMadeVersion(training);
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
      {training.is_synthetic && (
        <Tooltip label={text.syntheticHint} multiline maw={260} events={{ hover: true, focus: true, touch: true }}>
          <Badge color="grape">{text.synthetic}</Badge>
        </Tooltip>
      )}
      <WorkBadge status={training.status} />
      {modelPath && (
        <Button
          component={Link}
          to={made === null ? modelPath : `${modelPath}?version=${made}`}
          variant={made === null ? 'default' : 'filled'}
          leftSection={<IconExternalLink size={16} aria-hidden />}
        >
          {made === null ? text.model : text.result}
        </Button>
      )}
      {training.may_retry && (
        <Button variant="light" leftSection={<IconRefresh size={16} aria-hidden />} loading={retry.isPending} onClick={() => retry.mutate(undefined)}>
          {training.has_checkpoint ? text.retry : text.retryAnew}
        </Button>
      )}
      {training.may_cancel && (
        <Button variant="default" loading={cancel.isPending} onClick={askToCancel}>
          {text.cancel}
        </Button>
      )}
    </Group>
  );
}

/** The number of the version that it made; null until there is one. */
function useMadeVersion({ version, algorithm }: Training): number | null {
  const found = useQuery({ ...modelQueries.algorithm(algorithm.id), select: (one: Algorithm) => one.versions });
  return found.data?.find(({ id }) => id === version)?.number ?? null;
}
