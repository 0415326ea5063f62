import { Alert, Button, Checkbox, Group, Modal, Stack, Text } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';

import { asProblem } from '~/api/problem';
import { ErrorState, Lines } from '~/ui';

import { FindingsList } from './FindingsList';
import { type Assignment, findingsQuery, raterQueries, useSubmitAnnotation } from './queries';
import { nextOpen } from './queue';
import { text } from './text';

/** As a ref: Enter goes on with what is offered now. */
const focus = (button: HTMLElement | null) => button?.focus();

interface SubmitDialogProps {
  readonly assignment: Assignment;
  readonly opened: boolean;
  readonly onClose: () => void;
  /** The revision to hand in, once everything is saved; rejects with why it is not. */
  readonly savedHead: () => Promise<number>;
  readonly onShow?: (place: readonly number[]) => void;
}

/** What the server notices in the labelmap, then handing it in, then the next case. */
export function SubmitDialog(props: SubmitDialogProps) {
  const { assignment, opened, onClose } = props;
  const submit = useSubmitAnnotation();
  const { name } = assignment.case;
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={submit.isSuccess ? text.done.title(name) : text.page.submitTitle(name)}
      closeButtonProps={{ 'aria-label': submit.isSuccess ? text.done.close : text.page.keep }}
      onExitTransitionEnd={submit.reset}
    >
      {submit.isSuccess ? <Done assignment={assignment} /> : <Confirm {...props} submit={submit} />}
    </Modal>
  );
}

function Confirm(props: SubmitDialogProps & { readonly submit: ReturnType<typeof useSubmitAnnotation> }) {
  const { assignment, onClose, savedHead, onShow, submit } = props;
  const annotationId = assignment.annotation.id;
  const cache = useQueryClient();
  const [opening] = useState(() => crypto.randomUUID());
  const [confirmsEmpty, setConfirmsEmpty] = useState(false);
  const check = useQuery({
    queryKey: ['hand-in', annotationId, opening],
    queryFn: async () => cache.fetchQuery(findingsQuery(annotationId, await savedHead())),
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  });
  const findings = check.data?.findings ?? [];
  const isEmpty = findings.some(({ severity }) => severity === 'error');
  const send = () => check.data && submit.mutate({ annotationId, head: check.data.revision, confirmsEmpty });
  return (
    <Stack>
      <Text size="sm">{text.page.submitSentence}</Text>
      {check.isPending && <Lines count={2} height={20} />}
      {check.error && <ErrorState error={check.error} onRetry={() => void check.refetch()} />}
      {check.data && <FindingsList findings={findings} onShow={onShow} />}
      {isEmpty && (
        <Checkbox
          label={text.findings.confirmEmpty}
          checked={confirmsEmpty}
          onChange={({ currentTarget }) => setConfirmsEmpty(currentTarget.checked)}
        />
      )}
      {submit.error && <Alert color="red">{asProblem(submit.error).message}</Alert>}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {text.page.keep}
        </Button>
        <Button
          ref={check.data ? focus : undefined}
          loading={submit.isPending || check.isPending}
          disabled={!check.data || (isEmpty && !confirmsEmpty)}
          onClick={send}
        >
          {text.page.submit}
        </Button>
      </Group>
    </Stack>
  );
}

function Done({ assignment }: Pick<SubmitDialogProps, 'assignment'>) {
  const mine = useQuery(raterQueries.mine(assignment.rater.id));
  const next = nextOpen(mine.data?.results ?? [], assignment.id);
  return (
    <Stack>
      <Text size="sm">{next ? text.done.sentence : mine.data ? text.home.allDone : text.done.looking}</Text>
      <Group justify="flex-end">
        <Button component={Link} to="/rate" variant="default">
          {text.done.toQueue}
        </Button>
        {next && (
          <Button
            ref={focus}
            component={Link}
            to={`/rate/${next.id}/studio`}
            rightSection={<IconArrowRight size={16} aria-hidden />}
          >
            {text.home.next}: {next.case.name}
          </Button>
        )}
      </Group>
    </Stack>
  );
}
