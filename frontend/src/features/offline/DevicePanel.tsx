import { ActionIcon, Button, Group, Paper, Progress, Stack, Switch, Text, Title } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';

import { formatBytes } from '~/format';
import { forgetCase, forgetPerson, hasCaches, MOST_BYTES, type SizedCase } from '~/offline';

import { useKeepsOpened } from './preference';
import { text } from './text';
import { useKeptCases } from './useKept';

/** Which cases this device keeps, and how much room they take. */
export function DevicePanel({ person }: { readonly person: number }) {
  const kept = useKeptCases(person) ?? [];
  const [automatic, setAutomatic] = useKeepsOpened();
  const { panel } = text;
  return (
    <Paper p="lg">
      <Stack gap="sm">
        <Title order={2}>{panel.title}</Title>
        <Text size="sm" c="dimmed">
          {hasCaches() ? panel.lead : panel.unsupported}
        </Text>
        {hasCaches() && (
          <>
            <Switch
              checked={automatic}
              onChange={(event) => setAutomatic(event.currentTarget.checked)}
              label={panel.automatic}
              description={panel.automaticHint}
            />
            {kept.length > 0 ? <Cases kept={kept} person={person} /> : <Nothing />}
          </>
        )}
      </Stack>
    </Paper>
  );
}

function Nothing() {
  return (
    <Text size="sm">
      {text.panel.none}. <Text span inherit c="dimmed">{text.panel.noneHint}</Text>
    </Text>
  );
}

function Cases({ kept, person }: { readonly kept: readonly SizedCase[]; readonly person: number }) {
  const { panel } = text;
  const used = kept.reduce((sum, { all_bytes }) => sum + all_bytes, 0);
  const promised = useQuery({ queryKey: ['kept', 'promised'], queryFn: () => navigator.storage.persisted() });
  return (
    <>
      <div>
        <Text size="sm" mb={4}>
          {panel.used(used, MOST_BYTES)}
        </Text>
        <Progress value={(100 * used) / MOST_BYTES} aria-label={panel.usage} />
      </div>
      <Stack gap={2} component="ul" p={0} m={0} style={{ listStyle: 'none' }} aria-label={panel.title}>
        {kept.map((one) => (
          <Group key={one.assignment} component="li" justify="space-between" wrap="nowrap" gap="sm">
            <div style={{ minWidth: 0 }}>
              <Text size="sm" truncate>
                {one.name}
              </Text>
              {one.unsent > 0 && (
                <Text size="xs" c="var(--warn)">
                  {text.unsent(one.unsent)}
                </Text>
              )}
            </div>
            <Group gap={6} wrap="nowrap">
              <Text size="sm" c="dimmed" className="numeric" style={{ whiteSpace: 'nowrap' }}>
                {formatBytes(one.all_bytes)}
              </Text>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={text.removeNamed(one.name)}
                onClick={() => void forgetCase(one.assignment)}
              >
                <IconTrash size={16} aria-hidden />
              </ActionIcon>
            </Group>
          </Group>
        ))}
      </Stack>
      <Text size="xs" c="dimmed">
        {promised.data ? panel.promised : panel.notPromised}
      </Text>
      <Group>
        <Button size="compact-sm" variant="default" onClick={() => void forgetPerson(person)}>
          {panel.removeAll}
        </Button>
      </Group>
    </>
  );
}
