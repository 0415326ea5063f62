import { Group, NativeSelect, Stack, Title } from '@mantine/core';
import { IconBrain } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearchParams } from 'react-router';

import { queries } from '~/api/queries';
import type { Challenge, Phase } from '~/api/types';
import { useTopic } from '~/live';
import { EmptyState, Lines, Page, Query } from '~/ui';
import { Markdown } from '~/ui/Markdown';

import { RunLog } from './LogPanel';
import { ModelActions } from './ModelActions';
import { dataWords } from './modelData';
import { text } from './pageText';
import { type Algorithm, type AlgorithmVersion, modelQueries } from './queries';
import { RunsSection } from './RunsSection';
import { VersionBadge } from './StateBadges';
import { text as shared } from './text';
import { TrainingsSection } from './TrainingsSection';
import { VersionSection } from './VersionSection';

/** One model: its versions, what they take and give, and what was done with them. */
export function ModelPage() {
  const { slug = '', algorithmId = '' } = useParams();
  const challenge = useQuery(queries.challenge(slug));
  const phases = useQuery(queries.challengePhases(slug));
  const algorithm = useQuery(modelQueries.algorithm(algorithmId));
  if (challenge.data && phases.data && algorithm.data) {
    return <ModelContent challenge={challenge.data} phases={phases.data.results} algorithm={algorithm.data} />;
  }
  return (
    <Page title={text.loading}>
      <Query of={challenge} loading={<Lines />}>
        {() => <Query of={phases}>{() => <Query of={algorithm}>{() => null}</Query>}</Query>}
      </Query>
    </Page>
  );
}

interface ContentProps {
  readonly challenge: Challenge;
  readonly phases: readonly Phase[];
  readonly algorithm: Algorithm;
}

function ModelContent({ challenge, phases, algorithm }: ContentProps) {
  const runsAll = challenge.my_permissions.includes('model:run');
  const trains = challenge.my_permissions.includes('model:train');
  useTopic(runsAll || algorithm.is_mine ? `algorithm:${algorithm.id}` : null);
  useTopic(runsAll ? `models:${challenge.id}` : null);
  const [address, setAddress] = useSearchParams();
  const { versions } = algorithm;
  const version = versions.find(({ number }) => String(number) === address.get('version')) ?? versions[0] ?? null;
  const words = dataWords(phases);
  return (
    <Page
      title={algorithm.name}
      eyebrow={
        <Link to={`/challenges/${challenge.slug}/models`} style={{ color: 'inherit' }}>
          {text.eyebrow(challenge.title)}
        </Link>
      }
      lead={text.by(algorithm.owner.name, shared.kinds[algorithm.kind])}
      aside={version && <VersionBadge status={version.status} />}
    >
      <Stack gap="lg">
        <Group justify="space-between" align="flex-end">
          {version && versions.length > 1 && (
            <NativeSelect
              label={text.choose}
              data={versions.map(({ number, status }) => ({ value: String(number), label: `${number} · ${shared.versions[status]}` }))}
              value={String(version.number)}
              onChange={(event) => setAddress({ version: event.currentTarget.value }, { replace: true })}
            />
          )}
          {version && versions.length === 1 && <Title order={2}>{shared.version(version.number)}</Title>}
          <ModelActions challenge={challenge} phases={phases} algorithm={algorithm} version={version} words={words} />
        </Group>
        {algorithm.description && <Markdown>{algorithm.description}</Markdown>}
        {version ? (
          <VersionSection key={version.id} version={version} words={words} seesTraining={trains} />
        ) : (
          <EmptyState icon={<IconBrain size={28} />} title={text.noVersion.title}>
            {algorithm.may_edit ? text.noVersion.sentence : text.noVersion.other}
          </EmptyState>
        )}
        {version && (runsAll || algorithm.is_mine) && <TrialLog challenge={challenge} algorithm={algorithm} version={version} />}
        {(runsAll || algorithm.is_mine) && (
          <section>
            <Title order={2} mb="sm">
              {text.runsTitle}
            </Title>
            <RunsSection challenge={challenge} algorithmId={algorithm.id} />
          </section>
        )}
        {trains && algorithm.kind === 'platform' && (
          <section>
            <Title order={2} mb="sm">
              {text.trainingsTitle}
            </Title>
            <TrainingsSection challenge={challenge} algorithmId={algorithm.id} />
          </section>
        )}
      </Stack>
    </Page>
  );
}

interface TrialLogProps {
  readonly challenge: Challenge;
  readonly algorithm: Algorithm;
  readonly version: AlgorithmVersion;
}

/** What was said in the newest trial of this version; nothing where there was none. */
function TrialLog({ challenge, algorithm, version }: TrialLogProps) {
  const runs = useQuery(modelQueries.runs(challenge, algorithm.id));
  const trials = (runs.data ?? []).filter((run) => run.purpose === 'trial' && run.version.id === version.id && run.shows_log);
  const newest = trials.toSorted((a, b) => b.created_at.localeCompare(a.created_at))[0];
  if (!newest) return null;
  return (
    <section>
      <Title order={2} mb="sm">
        {text.trialTitle}
      </Title>
      <RunLog runId={newest.id} />
    </section>
  );
}
