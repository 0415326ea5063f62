import { NumberInput, Textarea, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';

import { text } from './text';

export interface DatasetValues {
  name: string;
  description: string;
  licence: string;
  raters_required: number;
}

export const validateDataset = {
  name: (name: string) => (name.trim() ? null : text.form.needName),
  raters_required: (count: number) => (count >= 1 ? null : text.form.needRaters),
};

/** What can be said when a dataset is made and changed ever after. */
export function DatasetFields<Values extends DatasetValues>({ form }: { readonly form: UseFormReturnType<Values> }) {
  const { form: labels } = text;
  return (
    <>
      <TextInput label={labels.name} maxLength={120} required data-autofocus {...form.getInputProps('name')} />
      <Textarea label={labels.description} autosize minRows={2} maxLength={20_000} {...form.getInputProps('description')} />
      <TextInput label={labels.licence} description={labels.licenceHint} maxLength={200} {...form.getInputProps('licence')} />
      <NumberInput
        label={labels.raters}
        description={labels.ratersHint}
        min={1}
        max={100}
        allowDecimal={false}
        {...form.getInputProps('raters_required')}
      />
    </>
  );
}
