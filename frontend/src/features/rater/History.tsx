import { Badge, Button, Group, Paper, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDownload, IconHistory, IconRestore } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';

import { asProblem } from '~/api/problem';
import { type Column, EmptyState, Query, SortableTable, Time } from '~/ui';

import { type Assignment, raterQueries, type Revision, useRestoreRevision } from './queries';
import { text } from './text';

/** Every revision there has ever been, the latest first. */
export function History({ assignment }: { readonly assignment: Assignment }) {
  const { annotation } = assignment;
  const revisions = useQuery(raterQueries.revisions(annotation.id));
  const restore = useRestoreRevision();
  const goBack = (revision: number) =>
    restore.mutate(
      { annotationId: annotation.id, head: annotation.head, revision },
      {
        onSuccess: ({ number }) => notifications.show({ message: text.page.restored(number) }),
        onError: (error) => notifications.show({ color: 'red', message: asProblem(error).message }),
      },
    );
  const restorable = annotation.status !== 'submitted' ? goBack : null;
  return (
    <section>
      <Title order={2} mb="sm">
        {text.page.history}
      </Title>
      <Query of={revisions}>
        {({ results }) =>
          results.length === 0 ? (
            <EmptyState icon={<IconHistory size={28} />} title={text.page.noHistory}>
              {text.page.noHistoryHint}
            </EmptyState>
          ) : (
            <Paper style={{ overflow: 'hidden' }}>
              <SortableTable
                caption={text.page.history}
                rows={results}
                columns={columnsOf(annotation.head, restorable)}
                rowKey={({ id }) => id}
                initial={{ key: 'number', direction: 'descending' }}
                minWidth={560}
              />
            </Paper>
          )
        }
      </Query>
    </section>
  );
}

function columnsOf(head: number, restore: ((revision: number) => void) | null): Column<Revision>[] {
  const { columns, kinds } = text.page;
  return [
    {
      key: 'number',
      header: columns.number,
      value: ({ number }) => number,
      render: ({ number }) => (
        <Group gap="xs">
          {number}
          {number === head && <Badge>{text.page.current}</Badge>}
        </Group>
      ),
    },
    { key: 'what', header: columns.what, render: ({ kind, note }) => (note ? `${kinds[kind]}: ${note}` : kinds[kind]) },
    { key: 'file', header: columns.file, render: ({ original_filename }) => original_filename || '–' },
    {
      key: 'when',
      header: columns.when,
      value: ({ created_at }) => created_at,
      render: ({ created_at }) => <Time iso={created_at} />,
    },
    {
      key: 'actions',
      header: columns.actions,
      render: ({ number, labelmap_url }) => (
        <Group gap="xs" justify="flex-end">
          {restore && number !== head && (
            <Button
              size="compact-sm"
              variant="subtle"
              leftSection={<IconRestore size={14} aria-hidden />}
              aria-label={text.page.restoreNamed(number)}
              onClick={() => restore(number)}
            >
              {text.page.restore}
            </Button>
          )}
          <Button
            component="a"
            href={labelmap_url}
            download
            size="compact-sm"
            variant="subtle"
            leftSection={<IconDownload size={14} aria-hidden />}
            aria-label={text.page.downloadNamed(number)}
          >
            {text.page.download}
          </Button>
        </Group>
      ),
    },
  ];
}
