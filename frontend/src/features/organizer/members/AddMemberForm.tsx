import { Button, Group, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconUserPlus } from '@tabler/icons-react';

import { answered, api } from '~/api/client';
import { asProblem } from '~/api/problem';
import { keys } from '~/api/queries';
import { FormError } from '~/features/account/FormError';

import { organizerKeys, type Role } from '../queries';
import { useAction } from '../useAction';
import { text } from './text';

interface AddMemberFormProps {
  readonly slug: string;
  /** The only role to give; without it the form asks. */
  readonly onlyRole?: Role;
}

interface AddMemberValues {
  username: string;
  role: Role;
  alias: string;
}

/** Gives somebody who is registered a role. */
export function AddMemberForm({ slug, onlyRole }: AddMemberFormProps) {
  const form = useForm<AddMemberValues>({
    initialValues: { username: '', role: onlyRole ?? 'rater', alias: '' },
    validate: { username: (name) => (name.trim() ? null : text.form.needUsername) },
  });
  const add = useAction(
    (body: typeof form.values) =>
      answered(api.POST('/api/v1/challenges/{slug}/members/', { params: { path: { slug } }, body })),
    {
      stale: [organizerKeys.members(slug), keys.challenges],
      done: ({ user }) => text.added(user.name),
      refusedInForm: true,
    },
  );
  const send = (values: typeof form.values) =>
    add.mutate(
      { ...values, username: values.username.trim() },
      { onSuccess: form.reset, onError: (error) => form.setErrors(asProblem(error).fields) },
    );
  return (
    <form onSubmit={form.onSubmit(send)} noValidate>
      <Stack gap="xs">
        <Group align="flex-start" gap="sm">
          <TextInput
            label={text.form.username}
            description={text.form.usernameHint}
            autoComplete="off"
            autoCapitalize="none"
            required
            flex="1 1 180px"
            {...form.getInputProps('username')}
          />
          {!onlyRole && (
            <NativeSelect
              label={text.form.role}
              description={text.does[form.values.role]}
              flex="1 1 180px"
              data={Object.entries(text.roles).map(([value, label]) => ({ value, label }))}
              {...form.getInputProps('role')}
            />
          )}
          <TextInput
            label={text.form.alias}
            description={text.form.aliasHint}
            maxLength={60}
            flex="1 1 220px"
            {...form.getInputProps('alias')}
          />
        </Group>
        <FormError error={add.error} />
        <Button
          type="submit"
          loading={add.isPending}
          leftSection={<IconUserPlus size={16} aria-hidden />}
          style={{ alignSelf: 'flex-start' }}
        >
          {onlyRole === 'rater' ? text.addRater : text.add}
        </Button>
      </Stack>
    </form>
  );
}
