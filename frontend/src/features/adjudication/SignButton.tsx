import { Alert, Button, Group, List, Modal, Stack, Text, Textarea } from '@mantine/core';
import { IconChecks } from '@tabler/icons-react';
import { useState } from 'react';

import { asProblem } from '~/api/problem';
import { useStore } from '~/viewer';

import { useSign } from './queries';
import { useHere } from './roomContext';
import { text } from './text';

/** Make what is painted the case's consensus, after saying what follows from it. */
export function SignButton() {
  const [opened, setOpened] = useState(false);
  const { adjudication } = useHere();
  const close = () => setOpened(false);
  return (
    <>
      <Button size="xs" leftSection={<IconChecks size={15} aria-hidden />} onClick={() => setOpened(true)}>
        {text.sign.button}
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={text.sign.title(adjudication.case.name)}
        closeButtonProps={{ 'aria-label': text.sign.keep }}
      >
        <SignForm onClose={close} />
      </Modal>
    </>
  );
}

function SignForm({ onClose }: { readonly onClose: () => void }) {
  const { room, adjudication } = useHere();
  const [note, setNote] = useState('');
  const { pending, head } = useStore(room.journal.state, (state) => state);
  const settled = useStore(room.settled, (all) => all.size);
  const sign = useSign(adjudication.id);
  const open = room.regions.length - settled;
  const outdated = sign.error !== null && asProblem(sign.error).status === 412;
  return (
    <Stack>
      <Alert color={open > 0 ? 'yellow' : 'teal'}>{open > 0 ? text.sign.open(open) : text.sign.allSettled}</Alert>
      <div>
        <Text size="sm" fw={600}>
          {text.sign.next}
        </Text>
        <List size="sm">
          {text.sign.steps.map((step) => (
            <List.Item key={step}>{step}</List.Item>
          ))}
        </List>
      </div>
      <Textarea
        label={text.sign.note}
        description={text.sign.noteHint}
        autosize
        minRows={2}
        maxRows={6}
        maxLength={2000}
        data-autofocus
        value={note}
        onChange={({ currentTarget }) => setNote(currentTarget.value)}
      />
      {pending > 0 && <Alert color="yellow">{text.sign.pending}</Alert>}
      {sign.error && <Alert color="red">{outdated ? text.sign.outdated : asProblem(sign.error).message}</Alert>}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {text.sign.keep}
        </Button>
        <Button loading={sign.isPending} disabled={pending > 0} onClick={() => sign.mutate({ head, note }, { onSuccess: onClose })}>
          {text.sign.confirm}
        </Button>
      </Group>
    </Stack>
  );
}
