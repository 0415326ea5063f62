import { Alert, Button, Group, Modal, Stack, TagsInput } from '@mantine/core';
import { IconUserPlus } from '@tabler/icons-react';
import { useState } from 'react';

import { asProblem } from '~/api/problem';

import { useInviteExperts } from './queries';
import { useHere } from './roomContext';
import { text } from './text';
import classes from './Adjudication.module.css';

/** Who else may settle this case. */
export function InviteButton() {
  const [opened, setOpened] = useState(false);
  const close = () => setOpened(false);
  return (
    <>
      <Button className={classes.invite ?? ''} size="xs" variant="default" leftSection={<IconUserPlus size={15} aria-hidden />} onClick={() => setOpened(true)}>
        {text.invite.button}
      </Button>
      <Modal opened={opened} onClose={close} title={text.invite.title} closeButtonProps={{ 'aria-label': text.invite.close }}>
        <InviteForm onClose={close} />
      </Modal>
    </>
  );
}

function InviteForm({ onClose }: { readonly onClose: () => void }) {
  const { adjudication } = useHere();
  const [names, setNames] = useState(() => adjudication.experts.map(({ username }) => username));
  const invite = useInviteExperts(adjudication.id);
  return (
    <Stack>
      <TagsInput
        label={text.invite.field}
        description={text.invite.hint}
        placeholder={names.length === 0 ? text.invite.none : undefined}
        data-autofocus
        // Names are typed; a list that never shows would keep Escape from the dialog.
        dropdownOpened={false}
        value={names}
        onChange={setNames}
      />
      {invite.error && <Alert color="red">{asProblem(invite.error).message}</Alert>}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {text.invite.close}
        </Button>
        <Button loading={invite.isPending} onClick={() => invite.mutate(names, { onSuccess: onClose })}>
          {text.invite.save}
        </Button>
      </Group>
    </Stack>
  );
}
