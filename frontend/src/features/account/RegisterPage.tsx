import { Anchor, Button, Paper, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { hasLength, isEmail, isNotEmpty, useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate, useSearchParams } from 'react-router';

import { register } from '~/api/auth';
import { asProblem } from '~/api/problem';
import { useIdentityChange } from '~/identity';
import { safeNext } from '~/session';
import { Page } from '~/ui';

import { FormError } from './FormError';
import { text } from './text';

export function RegisterPage() {
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const identityChanged = useIdentityChange();
  const form = useForm({
    initialValues: { username: '', email: '', password: '' },
    validate: {
      username: isNotEmpty(text.required),
      email: isEmail(text.notAnAddress),
      password: hasLength({ min: 8 }, text.tooShort),
    },
  });
  const registration = useMutation({
    mutationFn: register,
    onSuccess: async () => {
      await identityChanged();
      await navigate(safeNext(search.get('next')), { replace: true });
    },
    onError: (error) => form.setErrors(asProblem(error).fields),
  });

  return (
    <Page title={text.register.title} lead={text.register.lead} size="narrow">
      <Paper p="lg" component="form" onSubmit={form.onSubmit((fields) => registration.mutate(fields))} noValidate>
        <Stack>
          <FormError error={registration.error} />
          <TextInput
            label={text.register.username}
            description={text.register.usernameHint}
            autoComplete="username"
            autoCapitalize="none"
            {...form.getInputProps('username')}
          />
          <TextInput
            label={text.register.email}
            type="email"
            autoComplete="email"
            {...form.getInputProps('email')}
          />
          <PasswordInput
            label={text.register.password}
            description={text.register.passwordHint}
            autoComplete="new-password"
            {...form.getInputProps('password')}
          />
          <Button type="submit" loading={registration.isPending}>
            {text.register.submit}
          </Button>
          <Text size="sm" c="dimmed">
            {text.register.haveAccount}{' '}
            <Anchor component={Link} underline="always" to={`/login?${search}`}>
              {text.register.login}
            </Anchor>
          </Text>
        </Stack>
      </Paper>
    </Page>
  );
}
