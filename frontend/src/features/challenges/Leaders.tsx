import { Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import { queries } from '~/api/queries';
import type { Phase } from '~/api/types';
import { formatScore } from '~/format';
import { ScoreCell } from '~/ui';

import { text } from './text';

const SHOWN = 3;

/** Who leads, where everyone may see it. */
export function Leaders({ phase }: { readonly phase: Phase }) {
  const { data } = useQuery({ ...queries.leaderboard(phase.id), enabled: phase.scores_visible === 'all' });
  if (!data || data.rows.length === 0) return null;
  const humans = data.human_rows.flatMap(({ overall }) => (overall === null ? [] : [overall]));
  return (
    <Stack gap={6}>
      <Text className="eyebrow">{text.leaders.title(phase.title)}</Text>
      {data.rows.slice(0, SHOWN).map((row) => (
        <Group key={row.submission_id} wrap="nowrap" gap="sm">
          <Text size="sm" c="dimmed" w={14}>
            {row.rank}
          </Text>
          <Text size="sm" fw={550} truncate flex={1}>
            {row.method_name}
          </Text>
          <ScoreCell value={row.overall} />
        </Group>
      ))}
      {humans.length > 0 && (
        <Text size="sm" c="dimmed">
          {text.leaders.humans(humans.length, formatScore(Math.min(...humans)), formatScore(Math.max(...humans)))}
        </Text>
      )}
    </Stack>
  );
}
