import { ActionIcon, Button, Group, Progress, Stack, Text, Tooltip } from '@mantine/core';
import { IconCircleCheck, IconDownload, IconTrash } from '@tabler/icons-react';

import { formatBytes } from '~/format';

import { isOpen } from '../rater/queue';
import type { Assignment } from '../rater/queries';
import { keepProblem } from './keepProblem';
import { useProgress } from './progress';
import { text } from './text';
import { useKeeping, useKeptCases } from './useKept';

/** Whether a case opens without a network here, and the way to have it so. */
export function KeptCell({ assignment }: { readonly assignment: Assignment }) {
  const kept = useKeptCases(assignment.rater.id)?.find((one) => one.assignment === assignment.id);
  return (
    <Stack gap={2} miw={104} mt={{ base: 4, sm: 0 }}>
      <Kept assignment={assignment} bytes={kept?.isWhole ? kept.all_bytes : null} />
      {kept && kept.unsent > 0 && (
        <Text size="xs" c="var(--warn)">
          {text.unsent(kept.unsent)}
        </Text>
      )}
    </Stack>
  );
}

interface KeptProps {
  readonly assignment: Assignment;
  /** Null where it is not kept. */
  readonly bytes: number | null;
}

function Kept({ assignment, bytes }: KeptProps) {
  const { name } = assignment.case;
  const { keep, remove } = useKeeping(assignment);
  const part = useProgress(assignment.id);
  if (part !== null) {
    return (
      <Tooltip label={text.keepingNamed(name)}>
        <Group gap={8} wrap="nowrap">
          <Progress value={part * 100} aria-label={text.keepingNamed(name)} size="sm" w={52} />
          <Text span size="xs" c="dimmed">
            {text.keeping(part)}
          </Text>
        </Group>
      </Tooltip>
    );
  }
  if (bytes !== null) {
    return (
      <Group gap={4} wrap="nowrap">
        <Tooltip label={text.kept}>
          <IconCircleCheck size={16} color="var(--good)" role="img" aria-label={text.kept} />
        </Tooltip>
        <Text span size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
          {formatBytes(bytes)}
        </Text>
        <Tooltip label={text.remove}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={text.removeNamed(name)}
            onClick={() => remove.mutate()}
          >
            <IconTrash size={14} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Group>
    );
  }
  if (!isOpen(assignment)) return null;
  return (
    <>
      <Button
        variant="subtle"
        color="gray"
        size="compact-xs"
        w="fit-content"
        leftSection={<IconDownload size={14} aria-hidden />}
        aria-label={text.keepNamed(name)}
        onClick={() => keep.mutate()}
      >
        {text.keep}
      </Button>
      {keep.error && (
        <Text size="xs" c="var(--bad)" role="alert" maw={200}>
          {keepProblem(keep.error)}
        </Text>
      )}
    </>
  );
}
