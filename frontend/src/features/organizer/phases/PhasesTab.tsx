import { Button, Group, Stack, Title } from '@mantine/core';
import { IconFlag, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { queries } from '~/api/queries';
import type { Challenge, Phase } from '~/api/types';
import { EmptyState, Lines, Query } from '~/ui';

import { PhaseModal } from './PhaseModal';
import { PhasePanel } from './PhasePanel';
import { SubmissionsSection } from './SubmissionsSection';
import { text } from './text';
import { useVersionChoices } from './useVersionChoices';

/** When, how often and over what people compete, and what they have handed in. */
export function PhasesTab({ challenge }: { readonly challenge: Challenge }) {
  const phases = useQuery(queries.challengePhases(challenge.slug));
  const versions = useVersionChoices(challenge.slug);
  const [edited, setEdited] = useState<Phase | 'new' | null>(null);
  if (!versions) return <Lines />;
  const create = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEdited('new')}>
      {text.create}
    </Button>
  );
  return (
    <Query of={phases}>
      {({ results }) => (
        <>
          {results.length === 0 ? (
            <NoPhase canCreate={versions.length > 0} action={create} />
          ) : (
            <Stack gap="xl">
              <Stack gap="sm" component="section">
                <Group justify="space-between">
                  <Title order={2}>{text.title}</Title>
                  {create}
                </Group>
                {results.map((phase) => (
                  <PhasePanel key={phase.id} phase={phase} onEdit={() => setEdited(phase)} />
                ))}
              </Stack>
              <SubmissionsSection phases={results} />
            </Stack>
          )}
          <PhaseModal challenge={challenge} edited={edited} versions={versions} onClose={() => setEdited(null)} />
        </>
      )}
    </Query>
  );
}

function NoPhase({ canCreate, action }: { readonly canCreate: boolean; readonly action: React.ReactNode }) {
  const words = canCreate ? text.empty : text.needsVersion;
  return (
    <EmptyState icon={<IconFlag size={28} />} title={words.title} action={canCreate && action}>
      {words.sentence}
    </EmptyState>
  );
}
