import { Anchor, Badge, Button, Grid, Group, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, Navigate } from 'react-router';

import { answered, api } from '~/api/client';
import { asProblem } from '~/api/problem';
import { keys } from '~/api/queries';
import { loginPath, type Person, type Session, useSession } from '~/session';
import { Lines, Page } from '~/ui';

import { DevicePanel } from '../offline/DevicePanel';
import { FormError } from './FormError';
import { text } from './text';
import { TokensPanel } from './TokensPanel';

export function AccountPage() {
  const session = useSession();
  if (!session.known) return <Page title={text.account.title}><Lines /></Page>;
  if (!session.user) return <Navigate to={loginPath('/account')} replace />;
  return (
    <Page title={text.account.title} eyebrow={session.user.username} lead={session.user.email}>
      <Grid gutter="lg">
        <Grid.Col span={{ base: 12, md: 7 }} order={{ base: 2, md: 1 }} miw={0}>
          <TokensPanel />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }} order={{ base: 1, md: 2 }}>
          <Stack gap="lg">
            <ProfileForm user={session.user} />
            {session.memberships.some(({ role }) => role === 'rater') && <DevicePanel person={session.user.id} />}
            <Memberships memberships={session.memberships} />
          </Stack>
        </Grid.Col>
      </Grid>
    </Page>
  );
}

function ProfileForm({ user }: { readonly user: Person }) {
  const queries = useQueryClient();
  const form = useForm({ initialValues: { display_name: user.display_name, affiliation: user.affiliation } });
  const save = useMutation({
    mutationFn: (body: typeof form.values) => answered(api.PATCH('/api/v1/me/', { body })),
    onSuccess: async (_, fields) => {
      form.resetDirty(fields);
      notifications.show({ message: text.account.saved });
      await queries.invalidateQueries({ queryKey: keys.me });
    },
    onError: (error) => form.setErrors(asProblem(error).fields),
  });
  return (
    <Paper p="lg" component="form" onSubmit={form.onSubmit((fields) => save.mutate(fields))}>
      <Stack>
        <Title order={2}>{text.account.profile}</Title>
        <FormError error={save.error} />
        <TextInput
          label={text.account.displayName}
          description={text.account.displayNameHint}
          autoComplete="name"
          {...form.getInputProps('display_name')}
        />
        <TextInput
          label={text.account.affiliation}
          autoComplete="organization"
          {...form.getInputProps('affiliation')}
        />
        <Group>
          <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
            {text.account.save}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}

function Memberships({ memberships }: { readonly memberships: Session['memberships'] }) {
  return (
    <Paper p="lg">
      <Title order={2} mb="sm">
        {text.account.memberships}
      </Title>
      {memberships.length === 0 && <Text c="dimmed">{text.account.noMemberships}</Text>}
      <Stack gap="xs">
        {memberships.map(({ challenge, role }) => (
          <Group key={challenge.id} justify="space-between" wrap="nowrap">
            <Anchor component={Link} to={`/challenges/${challenge.slug}`}>
              {challenge.title}
            </Anchor>
            <Badge style={{ flex: 'none' }}>{text.account.roles[role]}</Badge>
          </Group>
        ))}
      </Stack>
    </Paper>
  );
}
