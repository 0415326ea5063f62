import { Group, List, Popover, Text, UnstyledButton } from '@mantine/core';
import { IconCpu } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';

import { formatRelative } from '~/format';

import { modelQueries, type ModelWorker } from './queries';
import { text } from './text';
import { formatMemory } from './work';

/** Who computes, for organizers: a line, and behind it each machine. */
export function WorkersLine({ challenge }: { readonly challenge: { readonly id: string; readonly slug: string } }) {
  const { data } = useQuery(modelQueries.workers(challenge));
  if (!data) return null;
  const here = data.filter(({ is_here }) => is_here);
  if (data.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {text.workers.none}
      </Text>
    );
  }
  return (
    <Popover position="bottom-start" shadow="md" withArrow>
      <Popover.Target>
        <UnstyledButton style={{ alignSelf: 'flex-start' }}>
          <Group gap={8} wrap="nowrap">
            <IconCpu size={16} aria-hidden style={{ flex: 'none' }} color={here.length > 0 ? 'var(--good)' : 'var(--warn)'} />
            <Text size="sm" c="dimmed" td="underline" style={{ textDecorationStyle: 'dotted' }}>
              {here.length > 0 ? text.workers.here(here.length) : text.workers.none}
            </Text>
          </Group>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <List size="sm" listStyleType="none" spacing="xs">
          {data.map((worker) => (
            <List.Item key={worker.name}>{worker.is_here ? <Machine worker={worker} /> : text.workers.gone(worker.name, formatRelative(worker.last_seen))}</List.Item>
          ))}
        </List>
      </Popover.Dropdown>
    </Popover>
  );
}

function Machine({ worker }: { readonly worker: ModelWorker }) {
  const devices = worker.devices.map(({ name, memory_mib }) => `${name}, ${formatMemory(memory_mib)}`).join('; ');
  return (
    <>
      <Text size="sm" fw={600}>
        {worker.name}
      </Text>
      <Text size="sm">{devices}</Text>
      <Text size="sm" c="dimmed">
        {worker.sandbox ? text.workers.isolates : text.workers.isolatesNot}
      </Text>
    </>
  );
}
