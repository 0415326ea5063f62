import { Group, Paper, Progress, SimpleGrid, Text } from '@mantine/core';

import { formatWorked } from '~/format';

import type { DatasetProgress } from './queue';
import { text } from './text';

/** How far one is with each dataset. */
export function DatasetBars({ rows }: { readonly rows: readonly DatasetProgress[] }) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, md: 3 }} spacing="sm">
      {rows.map((row) => (
        <DatasetBar key={row.dataset.id} row={row} />
      ))}
    </SimpleGrid>
  );
}

function DatasetBar({ row: { dataset, assigned, submitted, overdue, active_ms } }: { readonly row: DatasetProgress }) {
  const counts = text.home.progress(submitted, assigned);
  return (
    <Paper p="sm" component="section" aria-label={dataset.name}>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Text fw={600} size="sm" truncate>
          {dataset.name}
        </Text>
        {overdue > 0 && (
          <Text size="xs" c="var(--bad)" style={{ whiteSpace: 'nowrap' }}>
            {text.home.overdueCount(overdue)}
          </Text>
        )}
      </Group>
      <Text size="xs" c="dimmed" truncate>
        {dataset.challenge.title}
      </Text>
      <Progress value={(100 * submitted) / assigned} my={8} aria-label={`${dataset.name}: ${counts}`} />
      <Group justify="space-between" gap="xs">
        <Text size="xs" c="dimmed">
          {counts}
        </Text>
        <Text size="xs" c="dimmed">
          {text.home.worked(formatWorked(active_ms))}
        </Text>
      </Group>
    </Paper>
  );
}
