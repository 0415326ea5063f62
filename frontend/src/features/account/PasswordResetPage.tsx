import { Alert, Button, Paper, PasswordInput, Stack, TextInput } from '@mantine/core';
import { hasLength, isEmail, useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { useNavigate, useParams } from 'react-router';

import { requestPasswordReset, resetPassword } from '~/api/auth';
import { asProblem } from '~/api/problem';
import { Page } from '~/ui';

import { FormError } from './FormError';
import { text } from './text';

export function PasswordResetPage() {
  const { key } = useParams();
  return key ? <NewPassword resetKey={key} /> : <RequestLink />;
}

function RequestLink() {
  const form = useForm({ initialValues: { email: '' }, validate: { email: isEmail(text.notAnAddress) } });
  const request = useMutation({ mutationFn: requestPasswordReset });
  return (
    <Page title={text.reset.title} lead={text.reset.lead} size="narrow">
      <Paper p="lg" component="form" onSubmit={form.onSubmit(({ email }) => request.mutate(email))} noValidate>
        <Stack>
          <FormError error={request.error} />
          {request.isSuccess && <Alert role="status">{text.reset.sent}</Alert>}
          <TextInput label={text.reset.email} type="email" autoComplete="email" {...form.getInputProps('email')} />
          <Button type="submit" loading={request.isPending}>
            {text.reset.send}
          </Button>
        </Stack>
      </Paper>
    </Page>
  );
}

function NewPassword({ resetKey }: { readonly resetKey: string }) {
  const navigate = useNavigate();
  const form = useForm({
    initialValues: { password: '' },
    validate: { password: hasLength({ min: 8 }, text.tooShort) },
  });
  const reset = useMutation({
    mutationFn: (password: string) => resetPassword(resetKey, password),
    onSuccess: async () => {
      notifications.show({ message: text.reset.saved });
      await navigate('/login', { replace: true });
    },
    onError: (error) => form.setErrors(asProblem(error).fields),
  });
  return (
    <Page title={text.reset.title} size="narrow">
      <Paper p="lg" component="form" onSubmit={form.onSubmit(({ password }) => reset.mutate(password))} noValidate>
        <Stack>
          <FormError error={reset.error} />
          {form.errors.key && <Alert color="red">{form.errors.key}</Alert>}
          <PasswordInput
            label={text.reset.password}
            description={text.register.passwordHint}
            autoComplete="new-password"
            {...form.getInputProps('password')}
          />
          <Button type="submit" loading={reset.isPending}>
            {text.reset.save}
          </Button>
        </Stack>
      </Paper>
    </Page>
  );
}
