import { Avatar, Menu, Text, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { modals } from '@mantine/modals';
import { notifications } from '@mantine/notifications';
import { IconKey, IconLogout } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate } from 'react-router';

import { logOut } from '~/api/auth';
import { asProblem } from '~/api/problem';
import { useIdentityChange } from '~/identity';
import { forgetPerson } from '~/offline/kept';
import type { Person } from '~/session';

import { text as offline } from '../offline/text';
import { unsentCounts } from '../studio/deviceStore';
import { text } from './text';

export function PersonMenu({ user }: { readonly user: Person }) {
  const navigate = useNavigate();
  const identityChanged = useIdentityChange();
  const logout = useMutation({
    mutationFn: logOut,
    networkMode: 'always',
    onSuccess: async () => {
      await forgetPerson(user.id);
      await navigate('/');
      await identityChanged();
      notifications.show({ message: text.loggedOut });
    },
    onError: (error) => notifications.show({ color: 'red', message: asProblem(error).message }),
  });
  const askFirst = async () => {
    const waiting = await unsentCounts(user.id).catch(() => new Map<string, number>());
    const count = [...waiting.values()].reduce((sum, each) => sum + each, 0);
    if (count === 0) return logout.mutate();
    modals.openConfirmModal({
      title: offline.logOut.title,
      children: <Text size="sm">{offline.logOut.sentence(count)}</Text>,
      labels: { confirm: offline.logOut.go, cancel: offline.logOut.stay },
      onConfirm: () => logout.mutate(),
    });
  };
  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target>
        <UnstyledButton style={{ borderRadius: '50%' }}>
          <VisuallyHidden>{text.personMenu(user.name)}</VisuallyHidden>
          <Avatar size={32} color="petrol" name={user.name} alt="" aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" fw={600} c="var(--mantine-color-text)">
            {user.name}
          </Text>
          {user.username}
        </Menu.Label>
        <Menu.Item component={Link} to="/account" leftSection={<IconKey size={16} aria-hidden />}>
          {text.account}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void askFirst()}>
          {text.logout}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
