import { Button, Group, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate } from 'react-router';

import { answered, api } from '~/api/client';
import { asProblem } from '~/api/problem';
import { FormError } from '~/features/account/FormError';
import { useAction } from '~/features/organizer/useAction';

import { modelKeys } from './queries';
import { text } from './text';

interface NewModelModalProps {
  readonly challenge: { readonly id: string; readonly slug: string };
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** A name to upload versions under; its page comes next. */
export function NewModelModal({ challenge, opened, onClose }: NewModelModalProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={text.create.title}>
      <NewModelForm challenge={challenge} onClose={onClose} />
    </Modal>
  );
}

function NewModelForm({ challenge, onClose }: Omit<NewModelModalProps, 'opened'>) {
  const navigate = useNavigate();
  const form = useForm({
    initialValues: { name: '', description: '', licence: '' },
    validate: { name: (name) => (name.trim() ? null : text.create.needName) },
  });
  const create = useAction(
    (body: typeof form.values) =>
      answered(api.POST('/api/v1/challenges/{slug}/algorithms/', { params: { path: { slug: challenge.slug } }, body })),
    { stale: [modelKeys.algorithms(challenge.id)], refusedInForm: true },
  );
  const send = (values: typeof form.values) =>
    create.mutate(values, {
      onSuccess: ({ id }) => void navigate(`/challenges/${challenge.slug}/models/${id}`),
      onError: (error) => form.setErrors(asProblem(error).fields),
    });
  const words = text.create;
  return (
    <form onSubmit={form.onSubmit(send)} noValidate>
      <Stack>
        <TextInput label={words.name} description={words.nameHint} maxLength={80} required data-autofocus {...form.getInputProps('name')} />
        <Textarea label={words.description} description={words.descriptionHint} maxLength={20_000} autosize minRows={2} {...form.getInputProps('description')} />
        <TextInput label={words.licence} description={words.licenceHint} maxLength={200} {...form.getInputProps('licence')} />
        <Text size="sm" c="dimmed">
          {words.next}
        </Text>
        <FormError error={create.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {text.cancel}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {words.send}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
