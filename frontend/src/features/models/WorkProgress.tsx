import { Alert, Code, Group, Paper, Progress, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconHourglass } from '@tabler/icons-react';
import type { ReactNode } from 'react';

import { percentDone } from '~/format';

import { type Fact, Facts } from './Facts';
import type { Run, Training } from './queries';
import { text } from './text';
import { isUnderWay } from './work';

interface WorkProgressProps {
  readonly work: Run | Training;
  /** What is going on, in words. */
  readonly sentence: string;
  /** How far it is, in words; null where that cannot be said. */
  readonly progress: string | null;
  readonly facts: readonly Fact[];
  readonly children?: ReactNode;
}

/** Where a run or a training is: in words, as a bar, in figures; and why it is no further. */
export function WorkProgress({ work, sentence, progress, facts, children }: WorkProgressProps) {
  const { status, done, total } = work;
  return (
    <Paper p="md" component="section" aria-label={text.work[status]}>
      <Stack gap="md">
        <Text size="sm" role="status">
          {sentence}
        </Text>
        {status === 'queued' && work.waiting_reason && (
          <Alert color="yellow" variant="light" icon={<IconHourglass size={18} aria-hidden />}>
            {work.waiting_reason}
          </Alert>
        )}
        {(status === 'failed' || (status === 'cancelled' && work.reason)) && <Why work={work} />}
        {isUnderWay(status) && progress !== null && total > 0 && (
          <Group gap="md" wrap="nowrap">
            <Progress value={percentDone(done, total)} aria-label={progress} flex={1} radius="xs" animated={status === 'running'} />
            <Text size="sm" c="dimmed" style={{ flex: 'none' }}>
              {progress}
            </Text>
          </Group>
        )}
        <Facts facts={facts} />
        {children}
      </Stack>
    </Paper>
  );
}

/** The server's sentence names the remedy; the code is for whoever helps. */
function Why({ work: { status, reason, reason_code } }: { readonly work: Run | Training }) {
  return (
    <Alert color={status === 'failed' ? 'red' : 'gray'} variant="light" role="alert" icon={<IconAlertTriangle size={18} aria-hidden />}>
      <Stack gap={4} align="flex-start">
        <Text size="sm">{reason || text.work[status]}</Text>
        {reason_code && <Code>{reason_code}</Code>}
      </Stack>
    </Alert>
  );
}
