import { Button, Tabs } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconSettings } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useLocation, useNavigate, useParams, useSearchParams } from 'react-router';

import { answered, api } from '~/api/client';
import { asProblem } from '~/api/problem';
import { keys, queries } from '~/api/queries';
import type { Challenge, Phase } from '~/api/types';
import { ChallengeBadges } from '~/features/challenges/ChallengesPage';
import { ModelsTab } from '~/features/models';
import { defaultPhase } from '~/features/phase';
import { useTopic } from '~/live';
import { loginPath, useSession } from '~/session';
import { Lines, Page, Query } from '~/ui';

import classes from './ChallengePage.module.css';
import { DataTab } from './DataTab';
import { LeaderboardTab } from './LeaderboardTab';
import { MySubmissionsTab } from './MySubmissionsTab';
import { OverviewTab } from './OverviewTab';
import { text } from './text';

type TabName = keyof typeof text.tabs;

export function ChallengePage() {
  const { slug = '' } = useParams();
  const challenge = useQuery(queries.challenge(slug));
  if (challenge.data) return <ChallengeContent challenge={challenge.data} />;
  return (
    <Page title={text.eyebrow}>
      <Query of={challenge} loading={<Lines />}>
        {() => null}
      </Query>
    </Page>
  );
}

function ChallengeContent({ challenge }: { readonly challenge: Challenge }) {
  useTopic(`challenge:${challenge.id}`);
  const { tab = 'overview' } = useParams();
  const navigate = useNavigate();
  const { search } = useLocation();
  const { user } = useSession();
  const names = (Object.keys(text.tabs) as TabName[]).filter((name) => mayOpen(name, challenge, user !== null));
  const current = names.find((name) => name === tab) ?? 'overview';
  const base = `/challenges/${challenge.slug}`;
  return (
    <Page
      title={challenge.title}
      eyebrow={text.eyebrow}
      lead={challenge.summary}
      aside={<HeaderActions challenge={challenge} />}
    >
      <Tabs
        value={current}
        onChange={(next) => void navigate({ pathname: next === 'overview' ? base : `${base}/${next}`, search })}
      >
        <Tabs.List mb="lg" className={classes.tabs ?? ''} aria-label={text.tabsLabel}>
          {names.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {text.tabs[name]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={current} tabIndex={-1}>
          <TabContent name={current} challenge={challenge} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

/** Models are for members who may see them; submissions of one's own for whoever has an account. */
function mayOpen(name: TabName, { my_permissions }: Challenge, signedIn: boolean): boolean {
  if (name === 'models') return my_permissions.includes('model:view');
  return name !== 'submissions' || signedIn;
}

function TabContent({ name, challenge }: { readonly name: TabName; readonly challenge: Challenge }) {
  const phases = useQuery(queries.challengePhases(challenge.slug));
  return (
    <Query of={phases}>
      {({ results }) => <PhasesTab name={name} challenge={challenge} phases={results} />}
    </Query>
  );
}

interface PhasesTabProps {
  readonly name: TabName;
  readonly challenge: Challenge;
  readonly phases: readonly Phase[];
}

function PhasesTab({ name, challenge, phases }: PhasesTabProps) {
  const [search, setSearch] = useSearchParams();
  const slug = search.get('phase');
  const phase = phases.find((one) => one.slug === slug) ?? defaultPhase(phases, new Date());
  const onPhase = (chosen: Phase) => setSearch({ phase: chosen.slug }, { replace: true });
  switch (name) {
    case 'overview':
      return <OverviewTab challenge={challenge} phases={phases} />;
    case 'data':
      return <DataTab challenge={challenge} phases={phases} phase={phase} onPhase={onPhase} />;
    case 'leaderboard':
      return <LeaderboardTab challenge={challenge} phases={phases} phase={phase} onPhase={onPhase} />;
    case 'models':
      return <ModelsTab challenge={challenge} phases={phases} />;
    case 'submissions':
      return <MySubmissionsTab challenge={challenge} phases={phases} />;
  }
}

function HeaderActions({ challenge }: { readonly challenge: Challenge }) {
  return (
    <>
      <ChallengeBadges challenge={challenge} />
      {challenge.my_permissions.includes('challenge:edit') && (
        <Button
          component={Link}
          to={`/organize/${challenge.slug}`}
          variant="default"
          leftSection={<IconSettings size={16} aria-hidden />}
        >
          {text.manage}
        </Button>
      )}
      {challenge.my_role === null && <JoinButton challenge={challenge} />}
    </>
  );
}

function JoinButton({ challenge }: { readonly challenge: Challenge }) {
  const { user, known } = useSession();
  const { pathname } = useLocation();
  const cache = useQueryClient();
  const join = useMutation({
    mutationFn: () =>
      answered(api.POST('/api/v1/challenges/{slug}/join/', { params: { path: { slug: challenge.slug } } })),
    onSuccess: async () => {
      notifications.show({ message: text.joined });
      await Promise.all([keys.challenges, keys.phases, keys.me].map((queryKey) => cache.invalidateQueries({ queryKey })));
    },
    onError: (error) => notifications.show({ color: 'red', message: asProblem(error).message }),
  });
  if (!known) return null;
  if (!user) {
    return (
      <Button component={Link} to={loginPath(pathname)}>
        {text.loginToJoin}
      </Button>
    );
  }
  return (
    <Button onClick={() => join.mutate()} loading={join.isPending}>
      {text.join}
    </Button>
  );
}
