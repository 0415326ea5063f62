import { Alert, Button, Group, Modal, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';

import { logIn } from '~/api/auth';
import { answered, api } from '~/api/client';
import { asProblem } from '~/api/problem';
import { keys } from '~/api/queries';
import { useLiveSocket } from '~/live';
import { type Store, useStore } from '~/viewer';

import type { JournalState } from './journalState';
import { text } from './text';

interface SignInProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly rater: { readonly id: number; readonly username: string };
  readonly journal: { readonly state: Store<JournalState>; resume(): Promise<void> };
}

/** The session has ended: sign in where one is, without leaving the page. */
export function SignInModal({ opened, onClose, rater, journal }: SignInProps) {
  const pending = useStore(journal.state, (state) => state.pending);
  const [password, setPassword] = useState('');
  const cache = useQueryClient();
  const socket = useLiveSocket();
  // Nobody is signed in: what is kept for whoever was goes now, not when a page asks by chance.
  useEffect(() => {
    if (opened) void cache.invalidateQueries({ queryKey: keys.me });
  }, [opened, cache]);
  const signIn = useMutation({
    mutationFn: async () => {
      await logIn(rater.username, password);
      const { user } = await answered(api.GET('/api/v1/me/'));
      if (user?.id !== rater.id) throw new Error(text.signIn.other(rater.username));
    },
    onSuccess: async () => {
      setPassword('');
      onClose();
      await journal.resume();
      socket.restart();
      await cache.invalidateQueries({ queryKey: keys.me });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate();
  };
  return (
    <Modal opened={opened} onClose={onClose} title={text.signIn.title} closeButtonProps={{ 'aria-label': text.signIn.later }}>
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm">{text.signIn.sentence(pending)}</Text>
          {signIn.error && <Alert color="red">{asProblem(signIn.error).message}</Alert>}
          <TextInput label="Username" value={rater.username} readOnly autoComplete="username" />
          <PasswordInput
            label={text.signIn.password}
            autoComplete="current-password"
            data-autofocus
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {text.signIn.later}
            </Button>
            <Button type="submit" loading={signIn.isPending} disabled={password === ''}>
              {text.signIn.submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
