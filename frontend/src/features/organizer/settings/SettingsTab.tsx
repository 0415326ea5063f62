import { Button, Group, Paper, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { modals } from '@mantine/modals';

import { answered, api } from '~/api/client';
import { asProblem } from '~/api/problem';
import { keys } from '~/api/queries';
import type { Challenge } from '~/api/types';
import { FormError } from '~/features/account/FormError';

import { text as shared } from '../text';
import { useAction } from '../useAction';
import { MarkdownField } from './MarkdownField';
import { text } from './text';
import { VisibilityField } from './VisibilityField';

type Values = Pick<Challenge, 'title' | 'summary' | 'description' | 'rules' | 'visibility'>;

/** How the challenge presents itself, and to whom. */
export function SettingsTab({ challenge }: { readonly challenge: Challenge }) {
  const { title, summary, description, rules, visibility } = challenge;
  const form = useForm<Values>({
    initialValues: { title, summary, description, rules, visibility },
    validate: { title: (value) => (value.trim() ? null : text.needTitle) },
  });
  const { slug } = challenge;
  const save = useAction(
    (body: Values) => answered(api.PATCH('/api/v1/challenges/{slug}/', { params: { path: { slug } }, body })),
    { stale: [keys.challenges, keys.me], done: () => text.saved, refusedInForm: true },
  );
  const send = (values: Values) =>
    save.mutate(values, {
      onSuccess: () => {
        form.setInitialValues(values);
        form.resetDirty(values);
      },
      onError: (error) => form.setErrors(asProblem(error).fields),
    });
  const ask = (values: Values) => {
    if (challenge.visibility === 'public' && values.visibility === 'draft') confirmDraft(() => send(values));
    else send(values);
  };
  const changed = form.isDirty();
  return (
    <form onSubmit={form.onSubmit(ask)} noValidate>
      <Paper p="lg" maw={860}>
        <Stack gap="lg">
          <TextInput label={text.title} maxLength={120} required {...form.getInputProps('title')} />
          <Textarea
            label={text.summary}
            description={text.summaryHint}
            maxLength={300}
            autosize
            minRows={2}
            {...form.getInputProps('summary')}
          />
          <MarkdownField label={text.description} {...form.getInputProps('description')} />
          <MarkdownField label={text.rules} {...form.getInputProps('rules')} />
          <VisibilityField {...form.getInputProps('visibility')} />
          <FormError error={save.error} />
          <Group>
            <Button type="submit" loading={save.isPending} disabled={!changed}>
              {text.save}
            </Button>
            {changed && (
              <Button variant="subtle" color="gray" onClick={form.reset}>
                {text.reset}
              </Button>
            )}
            <Text size="sm" c="dimmed">
              {changed ? text.changed : text.unchanged}
            </Text>
          </Group>
        </Stack>
      </Paper>
    </form>
  );
}

function confirmDraft(onConfirm: () => void): void {
  modals.openConfirmModal({
    title: text.backToDraft.title,
    children: text.backToDraft.sentence,
    labels: { confirm: text.backToDraft.confirm, cancel: shared.cancel },
    onConfirm,
  });
}
