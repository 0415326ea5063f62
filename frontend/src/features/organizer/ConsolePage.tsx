import { Anchor, Button, Tabs } from '@mantine/core';
import { IconExternalLink, IconLock } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useLocation, useNavigate, useParams } from 'react-router';

import { queries } from '~/api/queries';
import type { Challenge } from '~/api/types';
import { ChallengeBadges } from '~/features/challenges/ChallengesPage';
import { useTopic } from '~/live';
import { EmptyState, Lines, Page, Query } from '~/ui';

import { ConsensusTab } from './consensus/ConsensusTab';
import classes from './ConsolePage.module.css';
import { DataTab } from './data/DataTab';
import { MembersTab } from './members/MembersTab';
import { PhasesTab } from './phases/PhasesTab';
import { RatersTab } from './raters/RatersTab';
import { SettingsTab } from './settings/SettingsTab';
import { text } from './text';

type TabName = keyof typeof text.tabs;

const TABS = Object.keys(text.tabs) as TabName[];

/** Everything an organizer does with one challenge. */
export function ConsolePage() {
  const { slug = '' } = useParams();
  const challenge = useQuery(queries.challenge(slug));
  return (
    <Query of={challenge} loading={<Page title={text.eyebrow}><Lines /></Page>}>
      {(found) => (found.my_permissions.includes('challenge:edit') ? <Console challenge={found} /> : <Refused challenge={found} />)}
    </Query>
  );
}

function Refused({ challenge }: { readonly challenge: Challenge }) {
  return (
    <Page title={challenge.title} eyebrow={<Back />}>
      <EmptyState icon={<IconLock size={28} />} title={text.refused.title}>
        {text.refused.sentence}
      </EmptyState>
    </Page>
  );
}

function Console({ challenge }: { readonly challenge: Challenge }) {
  useTopic(`challenge:${challenge.id}`);
  const { tab = 'data' } = useParams();
  const navigate = useNavigate();
  const { search } = useLocation();
  const current = TABS.find((name) => name === tab) ?? 'data';
  return (
    <Page
      title={challenge.title}
      eyebrow={<Back />}
      aside={
        <>
          <ChallengeBadges challenge={challenge} />
          <Button
            component={Link}
            to={`/challenges/${challenge.slug}`}
            variant="default"
            leftSection={<IconExternalLink size={16} aria-hidden />}
          >
            {text.publicPage}
          </Button>
        </>
      }
    >
      <Tabs
        value={current}
        onChange={(next) => void navigate({ pathname: `/organize/${challenge.slug}/${next ?? ''}`, search })}
      >
        <Tabs.List mb="lg" className={classes.tabs ?? ''} aria-label={text.tabsLabel}>
          {TABS.map((name) => (
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

function TabContent({ name, challenge }: { readonly name: TabName; readonly challenge: Challenge }) {
  switch (name) {
    case 'data':
      return <DataTab challenge={challenge} />;
    case 'raters':
      return <RatersTab challenge={challenge} />;
    case 'consensus':
      return <ConsensusTab challenge={challenge} />;
    case 'phases':
      return <PhasesTab challenge={challenge} />;
    case 'members':
      return <MembersTab challenge={challenge} />;
    case 'settings':
      return <SettingsTab key={challenge.id} challenge={challenge} />;
  }
}

function Back() {
  return (
    <Anchor component={Link} to="/organize" inherit>
      {text.back}
    </Anchor>
  );
}
