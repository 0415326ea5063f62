import { Alert, Checkbox, Group, NumberInput, Radio, Stack, Text, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';

import { Choices } from './Choices';
import type { PhaseValues } from './phaseValues';
import { text } from './text';

interface FieldsProps {
  readonly form: UseFormReturnType<PhaseValues>;
}

const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;
const INPUT_FIRST: ('label' | 'input' | 'description' | 'error')[] = ['label', 'input', 'description', 'error'];

export function DateFields({ form }: FieldsProps) {
  return (
    <Stack gap={4}>
      <Group align="flex-start" grow preventGrowOverflow={false} wrap="wrap">
        <TextInput type="datetime-local" label={text.form.opens} miw={220} {...form.getInputProps('opens')} />
        <TextInput type="datetime-local" label={text.form.closes} miw={220} {...form.getInputProps('closes')} />
      </Group>
      <Text size="xs" c="dimmed">
        {text.form.zone(ZONE)}
      </Text>
    </Stack>
  );
}

export function AttemptFields({ form }: FieldsProps) {
  return (
    <Group align="flex-start" grow preventGrowOverflow={false} wrap="wrap">
      <NumberInput
        label={text.form.day}
        description={text.form.dayHint}
        inputWrapperOrder={INPUT_FIRST}
        min={1}
        max={10_000}
        allowDecimal={false}
        miw={160}
        {...form.getInputProps('attempts_per_day')}
      />
      <NumberInput
        label={text.form.total}
        description={text.form.totalHint}
        inputWrapperOrder={INPUT_FIRST}
        min={1}
        max={1_000_000}
        allowDecimal={false}
        miw={160}
        {...form.getInputProps('attempts_total')}
      />
    </Group>
  );
}

export function VisibilityFields({ form }: FieldsProps) {
  return (
    <Radio.Group label={text.form.visibility} {...form.getInputProps('score_visibility')}>
      <Choices of={text.visibility} />
    </Radio.Group>
  );
}

export function SharingFields({ form }: FieldsProps) {
  return (
    <Stack gap="xs">
      <Checkbox label={text.form.images} {...form.getInputProps('images_shared', { type: 'checkbox' })} />
      <Checkbox label={text.form.reference} {...form.getInputProps('reference_shared', { type: 'checkbox' })} />
      {form.values.reference_shared && <Alert color="orange">{text.form.referenceWarning}</Alert>}
    </Stack>
  );
}
