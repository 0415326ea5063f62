import { Anchor, Button, Group, Paper, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { isNotEmpty, useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { Link, Navigate, useNavigate, useSearchParams } from 'react-router';

import { logIn } from '~/api/auth';
import { useIdentityChange } from '~/identity';
import { safeNext, useSession } from '~/session';
import { Page } from '~/ui';

import { FormError } from './FormError';
import { text } from './text';

export function LoginPage() {
  const [search] = useSearchParams();
  const next = safeNext(search.get('next'));
  const navigate = useNavigate();
  const identityChanged = useIdentityChange();
  const { user } = useSession();
  const form = useForm({
    initialValues: { identifier: '', password: '' },
    validate: { identifier: isNotEmpty(text.required), password: isNotEmpty(text.required) },
  });
  const login = useMutation({
    mutationFn: (fields: typeof form.values) => logIn(fields.identifier.trim(), fields.password),
    onSuccess: async () => {
      await identityChanged();
      await navigate(next, { replace: true });
    },
  });

  if (user && !login.isPending) return <Navigate to={next} replace />;
  return (
    <Page title={text.login.title} size="narrow">
      <Paper p="lg" component="form" onSubmit={form.onSubmit((fields) => login.mutate(fields))} noValidate>
        <Stack>
          <FormError error={login.error} />
          <TextInput
            label={text.login.identifier}
            autoComplete="username"
            autoCapitalize="none"
            {...form.getInputProps('identifier')}
          />
          <PasswordInput
            label={text.login.password}
            autoComplete="current-password"
            {...form.getInputProps('password')}
          />
          <Button type="submit" loading={login.isPending}>
            {text.login.submit}
          </Button>
          <Group justify="space-between" gap="xs">
            <Text size="sm" c="dimmed">
              {text.login.noAccount}{' '}
              <Anchor component={Link} underline="always" to={`/register?${search}`}>
                {text.login.register}
              </Anchor>
            </Text>
            <Anchor component={Link} to="/password/reset" size="sm">
              {text.login.forgotten}
            </Anchor>
          </Group>
        </Stack>
      </Paper>
    </Page>
  );
}
