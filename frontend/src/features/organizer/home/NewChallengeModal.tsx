import { Button, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate } from 'react-router';

import { answered, api } from '~/api/client';
import { asProblem } from '~/api/problem';
import { keys } from '~/api/queries';
import { FormError } from '~/features/account/FormError';

import { type Visibility, VisibilityField } from '../settings/VisibilityField';
import { text as shared } from '../text';
import { useAction } from '../useAction';
import { slugFrom } from './slug';
import { text } from './text';

const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/;

export function NewChallengeModal({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title={text.create} size="lg">
      <NewChallengeForm onClose={onClose} />
    </Modal>
  );
}

function NewChallengeForm({ onClose }: { readonly onClose: () => void }) {
  const navigate = useNavigate();
  const form = useForm({
    initialValues: { title: '', slug: '', summary: '', visibility: 'draft' as Visibility },
    validate: {
      title: (title) => (title.trim() ? null : text.form.needTitle),
      slug: (slug) => (slug === '' || SLUG.test(slug) ? null : text.form.badSlug),
    },
  });
  const create = useAction(
    (body: typeof form.values) => answered(api.POST('/api/v1/challenges/', { body })),
    { stale: [keys.challenges, keys.me], refusedInForm: true },
  );
  const slug = form.values.slug || slugFrom(form.values.title);
  const send = (values: typeof form.values) =>
    create.mutate(
      { ...values, slug },
      {
        onSuccess: (challenge) => void navigate(`/organize/${challenge.slug}`),
        onError: (error) => form.setErrors(asProblem(error).fields),
      },
    );
  return (
    <form onSubmit={form.onSubmit(send)} noValidate>
      <Stack>
        <TextInput label={text.form.title} description={text.form.titleHint} maxLength={120} data-autofocus required {...form.getInputProps('title')} />
        <TextInput
          label={text.form.slug}
          description={text.form.slugHint(slug)}
          placeholder={slugFrom(form.values.title)}
          maxLength={60}
          {...form.getInputProps('slug')}
        />
        <Textarea label={text.form.summary} description={text.form.summaryHint} maxLength={300} autosize minRows={2} {...form.getInputProps('summary')} />
        <VisibilityField {...form.getInputProps('visibility')} />
        <FormError error={create.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {shared.cancel}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {text.form.create}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
