import { Alert, Button, Group, Menu, Modal, Stack, Text } from '@mantine/core';
import { IconArchiveOff, IconDots } from '@tabler/icons-react';
import { useState } from 'react';

import { asProblem } from '~/api/problem';

import { useWithdraw } from './queries';
import { useHere } from './roomContext';
import { text } from './text';

/** Behind a menu: it is rare, and final. */
export function WithdrawButton() {
  const { adjudication } = useHere();
  const [asking, setAsking] = useState(false);
  const withdraw = useWithdraw(adjudication.id);
  const close = () => setAsking(false);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button size="xs" variant="subtle" color="gray" px={6} aria-label={text.withdraw.more}>
            <IconDots size={16} aria-hidden />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconArchiveOff size={15} aria-hidden />} onClick={() => setAsking(true)}>
            {text.withdraw.button}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={asking} onClose={close} title={text.withdraw.title} closeButtonProps={{ 'aria-label': text.withdraw.keep }}>
        <Stack>
          <Text size="sm">{adjudication.status === 'signed' ? text.withdraw.signed : text.withdraw.open}</Text>
          {withdraw.error && <Alert color="red">{asProblem(withdraw.error).message}</Alert>}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {text.withdraw.keep}
            </Button>
            <Button color="red" loading={withdraw.isPending} onClick={() => withdraw.mutate(undefined, { onSuccess: close })}>
              {text.withdraw.confirm}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
