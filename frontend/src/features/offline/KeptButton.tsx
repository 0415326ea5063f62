import { ActionIcon, Button, Popover, RingProgress, Stack, Text } from '@mantine/core';
import { IconDeviceDesktopCheck, IconDeviceDesktopDown } from '@tabler/icons-react';
import { useState } from 'react';

import { hasCaches } from '~/offline';

import type { Assignment } from '../rater/queries';
import { keepProblem } from './keepProblem';
import { useProgress } from './progress';
import { text } from './text';
import { useKeepOpened } from './useKeepOpened';
import { useKeeping, useKeptCases } from './useKept';

/** In the studio: whether this case opens without a network, kept by itself unless its person says otherwise. */
export function KeptButton({ assignment }: { readonly assignment: Assignment }) {
  const [open, setOpen] = useState(false);
  const part = useProgress(assignment.id);
  const kept = useKeptCases(assignment.rater.id)?.find((one) => one.assignment === assignment.id && one.isWhole);
  const { keep, remove } = useKeeping(assignment);
  useKeepOpened(assignment);
  if (!hasCaches()) return null;
  const name = part !== null ? text.keepingNamed(assignment.case.name) : kept ? text.keptSize(kept.all_bytes) : text.notKept;
  return (
    <Popover opened={open} onChange={setOpen} width={280} position="bottom-end" withArrow trapFocus withinPortal={false}>
      <Popover.Target>
        <ActionIcon
          variant="subtle"
          color={kept ? 'teal' : 'gray'}
          size="lg"
          aria-label={name}
          title={name}
          data-kept={part === null && kept !== undefined}
          onClick={() => setOpen((was) => !was)}
        >
          {part !== null ? (
            <RingProgress size={24} thickness={3} sections={[{ value: part * 100, color: 'teal' }]} />
          ) : kept ? (
            <IconDeviceDesktopCheck size={18} aria-hidden />
          ) : (
            <IconDeviceDesktopDown size={18} aria-hidden />
          )}
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs" align="flex-start">
          <Text size="sm" fw={600}>
            {name}
          </Text>
          <Text size="sm">{kept ? text.keptSentence : text.notKeptSentence}</Text>
          {keep.error && (
            <Text size="sm" c="var(--bad)" role="alert">
              {keepProblem(keep.error)}
            </Text>
          )}
          {kept ? (
            <Button size="compact-sm" variant="default" onClick={() => remove.mutate()}>
              {text.remove}
            </Button>
          ) : (
            <Button size="compact-sm" loading={part !== null} onClick={() => keep.mutate()}>
              {text.keep}
            </Button>
          )}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
