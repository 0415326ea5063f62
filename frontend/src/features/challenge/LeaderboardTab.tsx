import { Group } from '@mantine/core';

import { LeaderboardPanel } from '~/features/leaderboard';
import { PhaseSelect } from '~/features/phase';

import { NoPhases } from './NoPhases';
import type { PhaseTabProps } from './phaseTab';

export function LeaderboardTab({ challenge, phases, phase, onPhase }: PhaseTabProps) {
  if (!phase) return <NoPhases />;
  return (
    <>
      <Group mb={phases.length > 1 ? 'md' : 0}>
        <PhaseSelect phases={phases} value={phase} onChange={onPhase} />
      </Group>
      <LeaderboardPanel
        phase={phase}
        seesAllSubmissions={challenge.my_permissions.includes('submission:view_all')}
      />
    </>
  );
}
