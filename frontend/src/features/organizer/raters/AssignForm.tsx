import { Button, Checkbox, MultiSelect, NumberInput, Paper, SegmentedControl, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconUserCheck } from '@tabler/icons-react';

import { answered, api } from '~/api/client';
import { asProblem } from '~/api/problem';
import { keys } from '~/api/queries';
import { FormError } from '~/features/account/FormError';

import { type CaseRow, type Dataset, type Member, organizerKeys } from '../queries';
import { useAction } from '../useAction';
import { endOfDay } from './progress';
import { RatersField } from './RatersField';
import { text } from './text';

interface AssignFormProps {
  readonly dataset: Dataset;
  readonly cases: readonly CaseRow[];
  readonly raters: readonly Member[];
}

interface Asked {
  readonly raters: number[];
  readonly cases?: string[];
  readonly per_case: number | null;
  readonly due_at: string | null;
  readonly moves_due: boolean;
}

const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Every chosen rater gets every chosen case. */
export function AssignForm({ dataset, cases, raters }: AssignFormProps) {
  const form = useForm({
    initialValues: {
      raters: [] as string[],
      scope: 'all',
      cases: [] as string[],
      perCase: '' as number | string,
      due: '',
      movesDue: false,
    },
    validate: {
      raters: (chosen) => (chosen.length > 0 ? null : text.assign.needRaters),
      cases: (chosen, { scope }) => (scope === 'all' || chosen.length > 0 ? null : text.assign.needCases),
    },
  });
  const assign = useAction(
    (body: Asked) =>
      answered(
        api.POST('/api/v1/datasets/{dataset_id}/assignments/', { params: { path: { dataset_id: dataset.id } }, body }),
      ),
    {
      stale: [keys.dataset(dataset.id), organizerKeys.assignments(dataset.id)],
      done: (made) => text.assign.done(made.length),
      refusedInForm: true,
    },
  );
  const send = ({ raters: chosen, scope, cases: some, perCase, due, movesDue }: typeof form.values) =>
    assign.mutate(
      {
        raters: chosen.map(Number),
        per_case: perCase === '' ? null : Number(perCase),
        due_at: endOfDay(due),
        moves_due: movesDue,
        ...(scope === 'all' ? {} : { cases: some }),
      },
      { onSuccess: form.reset, onError: (error) => form.setErrors(asProblem(error).fields) },
    );
  if (raters.length === 0) return null;
  const { values } = form;
  const each = Math.min(values.raters.length, Number(values.perCase) || values.raters.length);
  const count = each * (values.scope === 'all' ? cases.length : values.cases.length);
  return (
    <Paper p="md" component="section">
      <form onSubmit={form.onSubmit(send)} noValidate>
        <Stack gap="md">
          <Title order={2}>{text.assign.title}</Title>
          <RatersField raters={raters} hint={text.assign.ratersHint} {...form.getInputProps('raters')} />
          {values.raters.length > 1 && (
            <NumberInput
              label={text.assign.perCase}
              description={text.assign.perCaseHint}
              placeholder={text.assign.perCaseAll(values.raters.length)}
              min={1}
              max={values.raters.length}
              maw={320}
              {...form.getInputProps('perCase')}
            />
          )}
          <Stack gap={6}>
            <Text size="sm" fw={500}>
              {text.assign.cases}
            </Text>
            <SegmentedControl
              aria-label={text.assign.cases}
              data={[
                { value: 'all', label: text.assign.all(cases.length) },
                { value: 'some', label: text.assign.some },
              ]}
              style={{ alignSelf: 'flex-start' }}
              {...form.getInputProps('scope')}
            />
            {values.scope === 'some' && (
              <MultiSelect
                aria-label={text.assign.choose}
                placeholder={text.assign.choose}
                data={cases.map(({ id, name }) => ({ value: id, label: name }))}
                searchable
                clearable
                maxDropdownHeight={280}
                {...form.getInputProps('cases')}
              />
            )}
          </Stack>
          <TextInput
            type="date"
            label={text.assign.due}
            description={text.assign.dueHint(ZONE)}
            maw={320}
            {...form.getInputProps('due')}
          />
          <Checkbox label={text.assign.movesDue} {...form.getInputProps('movesDue', { type: 'checkbox' })} />
          <FormError error={assign.error} />
          <Button
            type="submit"
            loading={assign.isPending}
            leftSection={<IconUserCheck size={16} aria-hidden />}
            style={{ alignSelf: 'flex-start' }}
          >
            {text.assign.button(count)}
          </Button>
        </Stack>
      </form>
    </Paper>
  );
}
