import { Button, Group, SegmentedControl, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useSearchParams } from 'react-router';

import type { Challenge, Phase } from '~/api/types';
import { useTopic } from '~/live';

import { ComparisonSection } from './ComparisonSection';
import { ModelList } from './ModelList';
import { NewModelModal } from './NewModelModal';
import { RunsSection } from './RunsSection';
import { text } from './text';
import { TrainingsSection } from './TrainingsSection';
import { WorkersLine } from './WorkersLine';

type View = keyof typeof text.views;

interface ModelsTabProps {
  readonly challenge: Challenge;
  readonly phases: readonly Phase[];
}

/** A challenge's models: their cards, how they compare, and what is being computed. */
export function ModelsTab({ challenge, phases }: ModelsTabProps) {
  const runsAll = challenge.my_permissions.includes('model:run');
  const trains = challenge.my_permissions.includes('model:train');
  const uploads = challenge.my_permissions.includes('model:upload');
  useTopic(runsAll ? `models:${challenge.id}` : null);
  const [creating, creation] = useDisclosure(false);
  const [address, setAddress] = useSearchParams();
  const views = (Object.keys(text.views) as View[]).filter((view) => view !== 'trainings' || trains);
  const view = views.find((name) => name === address.get('view')) ?? 'models';
  const choose = (next: string) => setAddress(next === 'models' ? {} : { view: next }, { replace: true });
  return (
    <Stack gap="lg">
      <Group justify="space-between">
        <SegmentedControl
          aria-label={text.viewsLabel}
          data={views.map((name) => ({ value: name, label: text.views[name] }))}
          value={view}
          onChange={choose}
          style={{ maxWidth: '100%', overflowX: 'auto' }}
        />
        {uploads && (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={creation.open}>
            {text.tab.create}
          </Button>
        )}
      </Group>
      {runsAll && <WorkersLine challenge={challenge} />}
      {view === 'models' && <ModelList challenge={challenge} phases={phases} />}
      {view === 'comparison' && <ComparisonSection challenge={challenge} phases={phases} />}
      {view === 'runs' && <RunsSection challenge={challenge} algorithmId={null} />}
      {view === 'trainings' && <TrainingsSection challenge={challenge} algorithmId={null} />}
      <NewModelModal challenge={challenge} opened={creating} onClose={creation.close} />
    </Stack>
  );
}
