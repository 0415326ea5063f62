/** What stands where content is not: nothing yet, still loading, or refused. */
import { Button, Code, Group, Paper, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'react-router';

import { asProblem } from '~/api/problem';
import { loginPath, useSession } from '~/session';

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

/** What a guest is told of things that members see. */
const REFUSALS = [401, 403, 404];

interface ErrorStateProps {
  readonly error: unknown;
  readonly onRetry?: (() => void) | undefined;
}

/** The sentence for the person, the code for the support, and the next try. */
export function ErrorState({ error, onRetry }: ErrorStateProps) {
  const problem = asProblem(error);
  const { user, known } = useSession();
  const { pathname, search } = useLocation();
  const loginMayHelp = known && !user && REFUSALS.includes(problem.status);
  return (
    <Paper p="lg" role="alert">
      <Group align="flex-start" wrap="nowrap" gap="md">
        <IconAlertTriangle size={22} color="var(--warn)" style={{ flex: 'none', marginTop: 2 }} aria-hidden />
        <Stack gap="xs" style={{ minWidth: 0 }}>
          <Text>{problem.code === 'not_authenticated' ? text.loginFirst : problem.message}</Text>
          <Group gap="sm">
            <Code>{problem.code}</Code>
            {loginMayHelp && (
              <Button component={Link} to={loginPath(pathname + search)} size="compact-sm">
                {text.login}
              </Button>
            )}
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
    <Stack gap={8} role="group" aria-busy="true" aria-label={text.loading}>
      {Array.from({ length: count }, (_, index) => (
        <Skeleton key={index} height={height} />
      ))}
    </Stack>
  );
}
