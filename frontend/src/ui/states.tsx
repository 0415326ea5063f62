/** What stands where content is not: nothing yet, still loading, or refused. */
import { Button, Code, Group, Paper, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react';
import type { ReactNode } from 'react';

import { asProblem } from '~/api/problem';

import { text } from './text';

interface EmptyStateProps {
  readonly icon: ReactNode;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}

export function EmptyState({ icon, title, children, action }: EmptyStateProps) {
  return (
    <Paper p="xl" bg="transparent" style={{ borderStyle: 'dashed' }}>
      <Stack align="center" gap="xs" py="md" ta="center">
        <Text c="dimmed" lh={0} aria-hidden>
          {icon}
        </Text>
        <Title order={2} size="h3">
          {title}
        </Title>
        {children && (
          <Text c="dimmed" size="sm" maw={460}>
            {children}
          </Text>
        )}
        {action}
      </Stack>
    </Paper>
  );
}

interface ErrorStateProps {
  readonly error: unknown;
  readonly onRetry?: (() => void) | undefined;
}

/** The sentence for the person, the code for the support, and the next try. */
export function ErrorState({ error, onRetry }: ErrorStateProps) {
  const problem = asProblem(error);
  return (
    <Paper p="lg" role="alert">
      <Group align="flex-start" wrap="nowrap" gap="md">
        <IconAlertTriangle size={22} color="var(--warn)" style={{ flex: 'none', marginTop: 2 }} aria-hidden />
        <Stack gap="xs" style={{ minWidth: 0 }}>
          <Text>{problem.message}</Text>
          <Group gap="sm">
            <Code>{problem.code}</Code>
            {onRetry && (
              <Button
                size="compact-sm"
                variant="light"
                leftSection={<IconRefresh size={14} aria-hidden />}
                onClick={onRetry}
              >
                {text.retry}
              </Button>
            )}
          </Group>
        </Stack>
      </Group>
    </Paper>
  );
}

/** Lines that will be a table or a list. */
export function Lines({ count = 6, height = 34 }: { readonly count?: number; readonly height?: number }) {
  return (
    <Stack gap={8} aria-busy="true" aria-label={text.loading}>
      {Array.from({ length: count }, (_, index) => (
        <Skeleton key={index} height={height} />
      ))}
    </Stack>
  );
}
