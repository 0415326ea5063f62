import { Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import { queries } from '~/api/queries';
import type { Phase } from '~/api/types';
import { formatFigure, metricOf, MetricValue, nameWithUnit, useMetrics } from '~/features/metrics';

import { text } from './text';

const SHOWN = 3;

/** Who leads, where everyone may see it. */
export function Leaders({ phase }: { readonly phase: Phase }) {
  const { data } = useQuery({ ...queries.leaderboard(phase.id), enabled: phase.scores_visible === 'all' });
  const catalogue = useMetrics();
  if (!data || data.rows.length === 0) return null;
  const metric = metricOf(catalogue, data.metric);
  const humans = data.human_rows.map(({ overall }) => overall[data.metric]).filter((value) => value != null);
  return (
    <Stack gap={6}>
      <Text className="eyebrow">{text.leaders.title(phase.title, nameWithUnit(metric))}</Text>
      {data.rows.slice(0, SHOWN).map((row) => (
        <Group key={row.submission_id} wrap="nowrap" gap="sm">
          <Text size="sm" c="dimmed" w={14}>
            {row.rank}
          </Text>
          <Text size="sm" fw={550} truncate flex={1}>
            {row.method_name}
          </Text>
          <MetricValue value={row.overall[data.metric]} metric={metric} />
        </Group>
      ))}
      {humans.length > 0 && (
        <Text size="sm" c="dimmed">
          {text.leaders.humans(humans.length, formatFigure(Math.min(...humans), metric), formatFigure(Math.max(...humans), metric))}
        </Text>
      )}
    </Stack>
  );
}
