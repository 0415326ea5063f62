import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { modals } from '@mantine/modals';
import { IconArrowBackUp, IconEye, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';

import { answered, api } from '~/api/client';
import { asProblem } from '~/api/problem';
import { keys } from '~/api/queries';
import { FormError } from '~/features/account/FormError';
import { placePath } from '~/features/cases/address';
import { FindingsList } from '~/features/rater/FindingsList';
import { formatDay, formatMinute, formatWorked } from '~/format';

import classes from '../data/data.module.css';
import { type Assignment, type Dataset, organizerKeys } from '../queries';
import { text as shared } from '../text';
import { useAction } from '../useAction';
import { text } from './text';

interface AssignmentModalProps {
  readonly dataset: Dataset;
  /** Null is closed. */
  readonly assignment: Assignment | null;
  readonly onClose: () => void;
}

/** One case of one rater, and what an organizer may do with it. */
export function AssignmentModal({ dataset, assignment, onClose }: AssignmentModalProps) {
  return (
    <Modal opened={assignment !== null} onClose={onClose} title={assignment?.case.name}>
      {assignment && <Content dataset={dataset} assignment={assignment} onClose={onClose} />}
    </Modal>
  );
}

type ContentProps = AssignmentModalProps & { readonly assignment: Assignment };

function Content({ dataset, assignment, onClose }: ContentProps) {
  const { annotation, rater, due_at, reading } = assignment;
  const { detail } = text;
  const caseId = assignment.case.id;
  return (
    <Stack>
      <dl className={classes.facts}>
        <Fact name={detail.rater}>{rater.name}</Fact>
        <Fact name={detail.state}>{text.states[annotation.status]}</Fact>
        <Fact name={detail.due}>{due_at ? formatDay(due_at) : detail.noDue}</Fact>
        <Fact name={detail.revision}>{annotation.head || detail.noRevision}</Fact>
        <Fact name={text.worked}>{formatWorked(annotation.active_ms)}</Fact>
        <Start assignment={assignment} />
        {reading && reading.round > 1 && <Fact name={detail.shownAs}>{reading.shown_name}</Fact>}
        {annotation.submitted_at && <Fact name={detail.submittedAt}>{formatMinute(annotation.submitted_at)}</Fact>}
        {annotation.reopen_reason && <Fact name={detail.reopenReason}>{annotation.reopen_reason}</Fact>}
      </dl>
      {annotation.status === 'submitted' && (
        <section>
          <Text size="xs" c="dimmed" mb={4}>
            {detail.findings}
          </Text>
          <FindingsList
            findings={annotation.findings}
            pathTo={caseId ? (place) => placePath(caseId, place, `annotation:${annotation.id}`) : undefined}
          />
        </section>
      )}
      <Group gap="xs">
        <Button component={Link} to={`/cases/${caseId}`} variant="default" leftSection={<IconEye size={16} aria-hidden />}>
          {detail.view}
        </Button>
        {annotation.head === 0 && <Withdraw dataset={dataset} assignment={assignment} onClose={onClose} />}
      </Group>
      {annotation.status === 'submitted' && <Reopen dataset={dataset} assignment={assignment} onClose={onClose} />}
    </Stack>
  );
}

/** Whether the rater drew alone or corrected what was offered. */
function Start({ assignment: { annotation, pre_annotation_source } }: { readonly assignment: Assignment }) {
  const { detail } = text;
  if (annotation.began_from) return <Fact name={detail.beganFrom}>{annotation.began_from}</Fact>;
  if (!pre_annotation_source) return null;
  const [name, words] = annotation.head > 0 ? [detail.beganFrom, detail.beganAlone] : [detail.offered, pre_annotation_source];
  return <Fact name={name}>{words}</Fact>;
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Withdraw({ dataset, assignment, onClose }: ContentProps) {
  const withdraw = useAction(
    () => answered(api.DELETE('/api/v1/assignments/{assignment_id}/', { params: { path: { assignment_id: assignment.id } } })),
    { stale: staleOf(dataset), done: () => text.detail.withdrawn },
  );
  const ask = () =>
    modals.openConfirmModal({
      title: text.detail.withdrawTitle(assignment.case.name, assignment.rater.name),
      children: text.detail.withdrawSentence,
      labels: { confirm: text.detail.withdraw, cancel: shared.cancel },
      confirmProps: { color: 'red' },
      onConfirm: () => withdraw.mutate(undefined, { onSuccess: onClose }),
    });
  return (
    <Button variant="default" loading={withdraw.isPending} onClick={ask} leftSection={<IconTrash size={16} aria-hidden />}>
      {text.detail.withdraw}
    </Button>
  );
}

function Reopen({ dataset, assignment, onClose }: ContentProps) {
  const form = useForm({
    initialValues: { reason: '' },
    validate: { reason: (reason) => (reason.trim() ? null : text.detail.needReason) },
  });
  const reopen = useAction(
    (body: typeof form.values) =>
      answered(
        api.POST('/api/v1/annotations/{annotation_id}/reopen/', {
          params: { path: { annotation_id: assignment.annotation.id } },
          body,
        }),
      ),
    { stale: staleOf(dataset), done: () => text.detail.reopened, refusedInForm: true },
  );
  const send = (values: typeof form.values) =>
    reopen.mutate(values, { onSuccess: onClose, onError: (error) => form.setErrors(asProblem(error).fields) });
  return (
    <form onSubmit={form.onSubmit(send)} noValidate>
      <Stack gap="xs">
        <Textarea
          label={text.detail.reason}
          description={text.detail.reopenHint}
          maxLength={2000}
          autosize
          minRows={2}
          {...form.getInputProps('reason')}
        />
        <FormError error={reopen.error} />
        <Button
          type="submit"
          color="orange"
          loading={reopen.isPending}
          leftSection={<IconArrowBackUp size={16} aria-hidden />}
          style={{ alignSelf: 'flex-start' }}
        >
          {text.detail.reopen}
        </Button>
      </Stack>
    </form>
  );
}

function staleOf({ id }: Dataset) {
  return [keys.dataset(id), organizerKeys.assignments(id)];
}
