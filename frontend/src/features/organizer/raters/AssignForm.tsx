import { Button, Checkbox, Group, MultiSelect, Paper, SegmentedControl, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconUserCheck } from '@tabler/icons-react';

import { answered, api } from '~/api/client';
import { asProblem } from '~/api/problem';
import { keys } from '~/api/queries';
import { FormError } from '~/features/account/FormError';

import { type CaseRow, type Dataset, type Member, organizerKeys } from '../queries';
import { useAction } from '../useAction';
import { endOfDay } from './progress';
import { text } from './text';

interface AssignFormProps {
  readonly dataset: Dataset;
  readonly cases: readonly CaseRow[];
  readonly raters: readonly Member[];
}

const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Every chosen rater gets every chosen case. */
export function AssignForm({ dataset, cases, raters }: AssignFormProps) {
  const form = useForm({
    initialValues: { raters: [] as string[], scope: 'all', cases: [] as string[], due: '' },
    validate: {
      raters: (chosen) => (chosen.length > 0 ? null : text.assign.needRaters),
      cases: (chosen, { scope }) => (scope === 'all' || chosen.length > 0 ? null : text.assign.needCases),
    },
  });
  const assign = useAction(
    (body: { raters: number[]; cases?: string[]; due_at: string | null }) =>
      answered(
        api.POST('/api/v1/datasets/{dataset_id}/assignments/', { params: { path: { dataset_id: dataset.id } }, body }),
      ),
    {
      stale: [keys.dataset(dataset.id), organizerKeys.assignments(dataset.id)],
      done: (made) => text.assign.done(made.length),
      refusedInForm: true,
    },
  );
  const send = ({ raters: chosen, scope, cases: some, due }: typeof form.values) =>
    assign.mutate(
      { raters: chosen.map(Number), due_at: endOfDay(due), ...(scope === 'all' ? {} : { cases: some }) },
      { onSuccess: form.reset, onError: (error) => form.setErrors(asProblem(error).fields) },
    );
  if (raters.length === 0) return null;
  const { values } = form;
  const count = values.raters.length * (values.scope === 'all' ? cases.length : values.cases.length);
  return (
    <Paper p="md" component="section">
      <form onSubmit={form.onSubmit(send)} noValidate>
        <Stack gap="md">
          <Title order={2}>{text.assign.title}</Title>
          <RatersField raters={raters} {...form.getInputProps('raters')} />
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

interface RatersFieldProps {
  readonly raters: readonly Member[];
  readonly value?: string[];
  readonly onChange?: (value: string[]) => void;
  readonly error?: React.ReactNode;
}

function RatersField({ raters, value = [], onChange, error }: RatersFieldProps) {
  const everyone = raters.map(({ user }) => String(user.id));
  return (
    <Checkbox.Group
      label={text.assign.raters}
      description={text.assign.ratersHint}
      value={value}
      error={error}
      onChange={(chosen) => onChange?.(chosen)}
    >
      <Group gap="md" mt={8} mb={4}>
        {raters.map(({ user, alias }) => (
          <Checkbox key={user.id} value={String(user.id)} label={alias ? `${user.name} (${alias})` : user.name} />
        ))}
        {raters.length > 2 && value.length < everyone.length && (
          <Button size="compact-sm" variant="subtle" onClick={() => onChange?.(everyone)}>
            {text.assign.allRaters}
          </Button>
        )}
      </Group>
    </Checkbox.Group>
  );
}
