import { Button, Code, Group, Stack, Text } from '@mantine/core';
import { Link, useRouteError } from 'react-router';

import { Page } from '~/ui';

import { text } from './text';

export function NotFoundPage() {
  return (
    <Page title={text.notFound.title} eyebrow="404">
      <Stack align="flex-start">
        <Text maw={520}>{text.notFound.sentence}</Text>
        <Button component={Link} to="/" variant="light">
          {text.notFound.back}
        </Button>
      </Stack>
    </Page>
  );
}

/** A fault of ours while drawing, or a part of the page that could not be loaded. */
export function PageCrashed() {
  const error = useRouteError();
  return (
    <Page title={text.crashed.title}>
      <Stack align="flex-start">
        <Text maw={520}>{text.crashed.newVersion}</Text>
        <Code block maw="100%">
          {error instanceof Error ? error.message : String(error)}
        </Code>
        <Group>
          <Button onClick={() => window.location.reload()}>{text.crashed.reload}</Button>
          <Button component={Link} to="/" variant="light" reloadDocument>
            {text.notFound.back}
          </Button>
        </Group>
      </Stack>
    </Page>
  );
}
