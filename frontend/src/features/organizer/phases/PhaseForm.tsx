import { Button, Group, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';

import { answered, api } from '~/api/client';
import { asProblem } from '~/api/problem';
import { keys } from '~/api/queries';
import type { Phase } from '~/api/types';
import { FormError } from '~/features/account/FormError';

import { MarkdownField } from '../settings/MarkdownField';
import { text as shared } from '../text';
import { useAction } from '../useAction';
import { AttemptFields, DateFields, SharingFields, VisibilityFields } from './PhaseFields';
import { bodyOf, formErrors, type PhaseValues, validatePhase, valuesOf } from './phaseValues';
import { ScoringFields } from './ScoringFields';
import { text } from './text';
import type { VersionChoice } from './useVersionChoices';

interface PhaseFormProps {
  readonly slug: string;
  /** Null for a new one. */
  readonly phase: Phase | null;
  readonly versions: readonly VersionChoice[];
  readonly onClose: () => void;
}

export function PhaseForm({ slug, phase, versions, onClose }: PhaseFormProps) {
  const form = useForm<PhaseValues>({
    initialValues: valuesOf(phase, versions[0]?.value ?? ''),
    validate: validatePhase,
  });
  const save = useAction((values: PhaseValues) => savePhase(slug, phase, values), {
    stale: [keys.challenges, keys.phases],
    done: () => (phase ? text.form.saved : text.form.created),
    refusedInForm: true,
  });
  const regions = versions.find(({ value }) => value === form.values.dataset_version)?.regions ?? phase?.dataset_version.scheme.regions.length ?? 1;
  const send = (values: PhaseValues) =>
    save.mutate(values, {
      onSuccess: onClose,
      onError: (error) => form.setErrors(formErrors(asProblem(error).fields)),
    });
  return (
    <form onSubmit={form.onSubmit(send)} noValidate>
      <Stack gap="lg">
        <Group align="flex-start" grow preventGrowOverflow={false} wrap="wrap">
          <TextInput label={text.form.title} maxLength={120} required data-autofocus miw={220} {...form.getInputProps('title')} />
          <TextInput
            label={text.form.slug}
            description={text.form.slugHint}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            maxLength={60}
            miw={220}
            {...form.getInputProps('slug')}
          />
        </Group>
        <NativeSelect label={text.form.version} data={versions.map(({ value, label }) => ({ value, label }))} required {...form.getInputProps('dataset_version')} />
        <DateFields form={form} />
        <AttemptFields form={form} />
        <VisibilityFields form={form} />
        <SharingFields form={form} />
        <ScoringFields form={form} phase={phase} regions={regions} />
        <MarkdownField label={text.form.description} minRows={3} {...form.getInputProps('description')} />
        <FormError error={save.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {shared.cancel}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {phase ? text.form.save : text.form.create}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function savePhase(slug: string, phase: Phase | null, values: PhaseValues) {
  const body = bodyOf(values);
  return phase
    ? answered(api.PATCH('/api/v1/phases/{phase_id}/', { params: { path: { phase_id: phase.id } }, body }))
    : answered(api.POST('/api/v1/challenges/{slug}/phases/', { params: { path: { slug } }, body }));
}
