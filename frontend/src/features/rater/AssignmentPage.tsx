import { Alert, Anchor, Button, ColorSwatch, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconBrush, IconEye, IconMessageReport, IconSend, IconWand } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useParams } from 'react-router';

import { asProblem } from '~/api/problem';
import { formatDay, formatWorked } from '~/format';
import { useTopic } from '~/live';
import { Lines, Page, Query } from '~/ui';

import { History } from './History';
import { type Assignment, raterQueries, useStartFromOffer } from './queries';
import { StateBadge } from './StateBadge';
import { SubmitDialog } from './SubmitDialog';
import { text } from './text';
import { UploadBox } from './UploadBox';

/** One case of a rater: look, upload, go back to an older revision, submit. */
export function AssignmentPage() {
  const { assignmentId = '' } = useParams();
  const assignment = useQuery(raterQueries.assignment(assignmentId));
  return (
    <Query of={assignment} loading={<Page title={text.page.back}><Lines /></Page>}>
      {(data) => <Content assignment={data} />}
    </Query>
  );
}

function Content({ assignment }: { readonly assignment: Assignment }) {
  useTopic(`rater:${assignment.rater.id}`);
  const { annotation, dataset } = assignment;
  const open = annotation.status !== 'submitted';
  return (
    <Page
      title={assignment.case.name}
      eyebrow={<Anchor component={Link} to="/rate" inherit>{text.page.back}</Anchor>}
      lead={`${dataset.name}, ${dataset.challenge.title}`}
      aside={<Actions assignment={assignment} />}
    >
      <Stack>
        <Group gap="md">
          <StateBadge status={annotation.status} />
          {assignment.due_at && (
            <Text size="sm" c="dimmed">
              {text.home.columns.due} {formatDay(assignment.due_at)}
            </Text>
          )}
          <Text size="sm" c="dimmed">
            {text.page.worked}: {formatWorked(annotation.active_ms)}
          </Text>
          {annotation.began_from && (
            <Text size="sm" c="dimmed">
              {text.page.started(annotation.began_from)}
            </Text>
          )}
        </Group>
        {annotation.status === 'reopened' && (
          <Alert color="orange" icon={<IconMessageReport />} title={text.page.reopened}>
            {annotation.reopen_reason}
          </Alert>
        )}
        {annotation.head === 0 && assignment.pre_annotation_source && <Offered assignment={assignment} />}
        {open ? (
          <UploadBox assignment={assignment} />
        ) : (
          <Alert color="green" title={text.page.submitted}>
            {text.page.submittedSentence(annotation.submitted_revision ?? annotation.head)}
          </Alert>
        )}
        <Labels assignment={assignment} />
        <History assignment={assignment} />
      </Stack>
    </Page>
  );
}

function Actions({ assignment }: { readonly assignment: Assignment }) {
  const { annotation } = assignment;
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button
        component={Link}
        to={`/rate/${assignment.id}/view`}
        variant="default"
        leftSection={<IconEye size={16} aria-hidden />}
      >
        {annotation.head > 0 ? text.page.viewMine : text.page.view}
      </Button>
      {annotation.status !== 'submitted' && (
        <Button
          component={Link}
          to={`/rate/${assignment.id}/studio`}
          variant="light"
          leftSection={<IconBrush size={16} aria-hidden />}
        >
          {text.page.annotate}
        </Button>
      )}
      {annotation.status !== 'submitted' && (
        <Button
          onClick={() => setAsking(true)}
          disabled={annotation.head === 0}
          leftSection={<IconSend size={16} aria-hidden />}
        >
          {text.page.submit}
        </Button>
      )}
      <SubmitDialog
        assignment={assignment}
        opened={asking}
        onClose={() => setAsking(false)}
        savedHead={() => Promise.resolve(annotation.head)}
      />
    </>
  );
}

function Offered({ assignment }: { readonly assignment: Assignment }) {
  const { annotation, pre_annotation_source } = assignment;
  const start = useStartFromOffer();
  return (
    <Alert icon={<IconWand />} title={text.page.offered}>
      <Stack gap="sm" align="flex-start">
        {text.page.offeredSentence(pre_annotation_source)}
        <Button
          size="xs"
          loading={start.isPending}
          onClick={() =>
            start.mutate(
              { annotationId: annotation.id, head: annotation.head },
              { onError: (error) => notifications.show({ color: 'red', message: asProblem(error).message }) },
            )
          }
        >
          {text.page.start}
        </Button>
      </Stack>
    </Alert>
  );
}

function Labels({ assignment }: { readonly assignment: Assignment }) {
  return (
    <Paper p="md">
      <Title order={3} mb="xs">
        {text.page.labels}
      </Title>
      <Group gap="lg">
        {assignment.dataset.scheme.labels.map(({ value, name, color }) => (
          <Group key={value} gap={8}>
            <ColorSwatch color={color} size={14} withShadow={false} />
            <Text size="sm">
              <b>{value}</b> {name}
            </Text>
          </Group>
        ))}
      </Group>
    </Paper>
  );
}
