import { Button, Code, Group, Paper, Select, Stack, Text, TextInput, Title, VisuallyHidden } from '@mantine/core';
import { isNotEmpty, useForm } from '@mantine/form';
import { modals } from '@mantine/modals';
import { notifications } from '@mantine/notifications';
import { IconKey } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { answered, api } from '~/api/client';
import { asProblem } from '~/api/problem';
import { keys, queries } from '~/api/queries';
import type { ApiToken } from '~/api/types';
import { formatDay } from '~/format';
import { type Column, EmptyState, Query, SortableTable, Time } from '~/ui';

import { FormError } from './FormError';
import { NewTokenModal } from './NewTokenModal';
import { text } from './text';

const DAY_MS = 86_400_000;

export function TokensPanel() {
  const tokens = useQuery(queries.tokens());
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <Paper p="lg" style={{ overflow: 'hidden' }}>
      <Stack miw={0}>
        <div>
          <Title order={2}>{text.tokens.title}</Title>
          <Text c="dimmed" size="sm">
            {text.tokens.lead}
          </Text>
        </div>
        <CreateToken onCreated={setSecret} />
        <Query of={tokens}>
          {({ results }) =>
            results.length > 0 ? (
              <TokenTable tokens={results} />
            ) : (
              <EmptyState icon={<IconKey size={28} />} title={text.tokens.empty}>
                {text.tokens.emptyHint}
              </EmptyState>
            )
          }
        </Query>
      </Stack>
      <NewTokenModal secret={secret} onClose={() => setSecret(null)} />
    </Paper>
  );
}

function CreateToken({ onCreated }: { readonly onCreated: (secret: string) => void }) {
  const cache = useQueryClient();
  const form = useForm({
    initialValues: { name: '', days: '90' },
    validate: { name: isNotEmpty(text.required) },
  });
  const create = useMutation({
    mutationFn: ({ name, days }: typeof form.values) =>
      answered(api.POST('/api/v1/tokens/', { body: { name: name.trim(), expires_at: expiryAfter(days, Date.now()) } })),
    onSuccess: async ({ token }) => {
      form.reset();
      onCreated(token);
      await cache.invalidateQueries({ queryKey: keys.tokens });
    },
    onError: (error) => form.setErrors(asProblem(error).fields),
  });
  return (
    <form onSubmit={form.onSubmit((fields) => create.mutate(fields))}>
      <Stack gap="xs">
        <FormError error={create.error} />
        <Group align="flex-start" gap="sm">
          <TextInput
            label={text.tokens.name}
            placeholder={text.tokens.namePlaceholder}
            style={{ flex: '1 1 200px' }}
            maxLength={100}
            {...form.getInputProps('name')}
          />
          <Select
            label={text.tokens.expiry}
            w={130}
            allowDeselect={false}
            data={Object.entries(text.tokens.expiries).map(([value, label]) => ({ value, label }))}
            {...form.getInputProps('days')}
          />
          <Button type="submit" mt={25} loading={create.isPending}>
            {text.tokens.create}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function expiryAfter(days: string, now_ms: number): string | null {
  return days === 'never' ? null : new Date(now_ms + Number(days) * DAY_MS).toISOString();
}

function TokenTable({ tokens }: { readonly tokens: readonly ApiToken[] }) {
  const revoke = useRevoke();
  const { columns: heads } = text.tokens;
  const columns: Column<ApiToken>[] = [
    { key: 'name', header: heads.name, value: ({ name }) => name, render: ({ name }) => <Text fw={550} size="sm">{name}</Text> },
    { key: 'token', header: heads.token, render: ({ hint }) => <Code>{hint}…</Code> },
    {
      key: 'created',
      header: heads.created,
      value: ({ created_at }) => created_at,
      render: ({ created_at }) => <Time iso={created_at} />,
    },
    {
      key: 'used',
      header: heads.lastUsed,
      value: ({ last_used_at }) => last_used_at,
      render: ({ last_used_at }) => (last_used_at ? <Time iso={last_used_at} /> : text.tokens.never),
    },
    {
      key: 'expires',
      header: heads.expires,
      value: ({ expires_at }) => expires_at,
      render: ({ expires_at }) => <Expiry at={expires_at} />,
    },
    {
      key: 'revoke',
      header: <VisuallyHidden>{text.tokens.revoke}</VisuallyHidden>,
      render: (token) => (
        <Button
          size="compact-sm"
          variant="subtle"
          color="red"
          aria-label={text.tokens.revokeNamed(token.name)}
          onClick={() => revoke(token)}
        >
          {text.tokens.revoke}
        </Button>
      ),
    },
  ];
  return (
    <SortableTable
      caption={text.tokens.title}
      rows={tokens}
      columns={columns}
      rowKey={({ id }) => id}
      initial={{ key: 'created', direction: 'descending' }}
      minWidth={560}
    />
  );
}

function Expiry({ at }: { readonly at: string | null | undefined }) {
  if (!at) return text.tokens.noEnd;
  if (new Date(at) <= new Date()) {
    return (
      <Text span inherit c="var(--bad)">
        {text.tokens.expired}
      </Text>
    );
  }
  return formatDay(at);
}

function useRevoke(): (token: ApiToken) => void {
  const cache = useQueryClient();
  const revoke = useMutation({
    mutationFn: (id: string) => answered(api.DELETE('/api/v1/tokens/{id}/', { params: { path: { id } } })),
    onSuccess: async () => {
      notifications.show({ message: text.tokens.revoked });
      await cache.invalidateQueries({ queryKey: keys.tokens });
    },
    onError: (error) => notifications.show({ color: 'red', message: asProblem(error).message }),
  });
  return (token) =>
    modals.openConfirmModal({
      title: text.tokens.revokeTitle(token.name),
      children: text.tokens.revokeSentence,
      labels: { confirm: text.tokens.revoke, cancel: text.tokens.keep },
      confirmProps: { color: 'red' },
      onConfirm: () => revoke.mutate(token.id),
    });
}
