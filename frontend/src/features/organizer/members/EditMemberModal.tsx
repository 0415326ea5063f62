import { Button, Group, Modal, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';

import { answered, api } from '~/api/client';
import { asProblem } from '~/api/problem';
import { keys } from '~/api/queries';
import { FormError } from '~/features/account/FormError';

import { type Member, organizerKeys } from '../queries';
import { text as shared } from '../text';
import { useAction } from '../useAction';
import { text } from './text';

interface EditMemberModalProps {
  readonly slug: string;
  /** Null is closed. */
  readonly member: Member | null;
  readonly onClose: () => void;
}

export function EditMemberModal({ slug, member, onClose }: EditMemberModalProps) {
  return (
    <Modal opened={member !== null} onClose={onClose} title={member ? text.editNamed(member.user.name) : ''}>
      {member && <EditMemberForm key={member.id} slug={slug} member={member} onClose={onClose} />}
    </Modal>
  );
}

function EditMemberForm({ slug, member, onClose }: EditMemberModalProps & { readonly member: Member }) {
  const form = useForm({ initialValues: { role: member.role, alias: member.alias } });
  const save = useAction(
    (body: typeof form.values) =>
      answered(api.PATCH('/api/v1/members/{id}/', { params: { path: { id: member.id } }, body })),
    {
      stale: [organizerKeys.members(slug), keys.challenges, keys.me],
      done: ({ user }) => text.saved(user.name),
      refusedInForm: true,
    },
  );
  const send = (values: typeof form.values) =>
    save.mutate(values, { onSuccess: onClose, onError: (error) => form.setErrors(asProblem(error).fields) });
  return (
    <form onSubmit={form.onSubmit(send)} noValidate>
      <Stack>
        <NativeSelect
          label={text.form.role}
          description={text.does[form.values.role]}
          data={Object.entries(text.roles).map(([value, label]) => ({ value, label }))}
          {...form.getInputProps('role')}
        />
        <TextInput label={text.form.alias} description={text.form.aliasHint} maxLength={60} {...form.getInputProps('alias')} />
        <FormError error={save.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {shared.cancel}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {text.form.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
