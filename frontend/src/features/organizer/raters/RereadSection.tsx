import { Button, Group, NumberInput, Paper, Stack, Text, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconRepeat } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { answered, api } from '~/api/client';
import { asProblem } from '~/api/problem';
import { FormError } from '~/features/account/FormError';
import { formatDay, formatScore } from '~/format';
import { type Column, SortableTable } from '~/ui';

import { type Assignment, type Dataset, type Member, organizerKeys, organizerQueries } from '../queries';
import { useAction } from '../useAction';
import { AssignmentModal } from './AssignmentModal';
import { RatersField } from './RatersField';
import { text } from './text';

interface RereadSectionProps {
  readonly dataset: Dataset;
  readonly raters: readonly Member[];
}

/** Cases that raters read again without being told. */
export function RereadSection({ dataset, raters }: RereadSectionProps) {
  const assignments = useQuery(organizerQueries.assignments(dataset.id));
  const rereads = (assignments.data ?? []).filter(({ reading }) => (reading?.round ?? 1) > 1);
  const [chosen, setChosen] = useState<string | null>(null);
  return (
    <Stack gap="sm" component="section">
      <div>
        <Title order={2}>{text.rereads.title}</Title>
        <Text size="sm" c="dimmed">
          {text.rereads.lead}
        </Text>
      </div>
      {rereads.length > 0 && (
        <Paper style={{ overflow: 'hidden' }}>
          <SortableTable
            caption={text.rereads.title}
            rows={rereads}
            columns={columnsOf(dataset, setChosen)}
            rowKey={({ id }) => id}
            initial={{ key: 'offered', direction: 'ascending' }}
            minWidth={720}
            maxHeight={420}
          />
        </Paper>
      )}
      <RereadForm dataset={dataset} raters={raters} />
      <AssignmentModal
        dataset={dataset}
        assignment={rereads.find(({ id }) => id === chosen) ?? null}
        onClose={() => setChosen(null)}
      />
    </Stack>
  );
}

function columnsOf(dataset: Dataset, choose: (id: string) => void): Column<Assignment>[] {
  const heads = text.rereads.columns;
  const region = dataset.scheme.regions[0];
  return [
    { key: 'rater', header: heads.rater, value: ({ rater }) => rater.name, render: ({ rater }) => rater.name },
    {
      key: 'case',
      header: heads.case,
      value: (row) => row.case.name,
      render: (row) => (
        <Button size="compact-sm" variant="subtle" onClick={() => choose(row.id)}>
          {row.case.name}
        </Button>
      ),
    },
    { key: 'shown', header: heads.shown, render: ({ reading }) => reading?.shown_name },
    {
      key: 'offered',
      header: heads.offered,
      value: ({ reading }) => reading?.offered_at ?? null,
      render: ({ reading }) => (reading?.offered_at ? formatDay(reading.offered_at) : '–'),
    },
    {
      key: 'state',
      header: heads.state,
      value: ({ annotation }) => annotation.status,
      render: ({ annotation }) => text.states[annotation.status],
    },
    {
      key: 'dice',
      header: text.rereads.dice(region?.name ?? ''),
      numeric: true,
      value: ({ reading }) => reading?.intra_rater?.dice[region?.key ?? ''] ?? null,
      render: ({ reading }) =>
        reading?.intra_rater ? formatScore(reading.intra_rater.dice[region?.key ?? '']) : '–',
    },
  ];
}

function RereadForm({ dataset, raters }: RereadSectionProps) {
  const form = useForm({
    initialValues: { perRater: 2 as number | string, delay: 14 as number | string, days: '' as number | string, raters: [] as string[] },
    validate: {
      perRater: (value) => (Number(value) >= 1 ? null : text.rereads.needCount),
      delay: (value) => (value !== '' && Number(value) >= 0 ? null : text.rereads.needDelay),
    },
  });
  const ask = useAction(
    (body: { per_rater: number; delay_days: number; days_to_work: number | null; raters?: number[] }) =>
      answered(api.POST('/api/v1/datasets/{dataset_id}/rereads/', { params: { path: { dataset_id: dataset.id } }, body })),
    {
      stale: [organizerKeys.assignments(dataset.id)],
      done: (made) => text.rereads.done(made.length),
      refusedInForm: true,
    },
  );
  const send = ({ perRater, delay, days, raters: chosen }: typeof form.values) =>
    ask.mutate(
      {
        per_rater: Number(perRater),
        delay_days: Number(delay),
        days_to_work: days === '' ? null : Number(days),
        ...(chosen.length > 0 ? { raters: chosen.map(Number) } : {}),
      },
      { onSuccess: form.reset, onError: (error) => form.setErrors(asProblem(error).fields) },
    );
  return (
    <Paper p="md">
      <form onSubmit={form.onSubmit(send)} noValidate>
        <Stack gap="md">
          <Group gap="md" align="flex-end">
            <NumberInput label={text.rereads.perRater} min={1} max={1000} w={200} {...form.getInputProps('perRater')} />
            <NumberInput label={text.rereads.delay} min={0} max={3650} w={200} {...form.getInputProps('delay')} />
            <NumberInput
              label={text.rereads.days}
              placeholder={text.detail.noDue}
              min={1}
              max={3650}
              w={200}
              {...form.getInputProps('days')}
            />
          </Group>
          <RatersField raters={raters} hint={text.rereads.ratersHint} {...form.getInputProps('raters')} />
          <FormError error={ask.error} />
          <Button
            type="submit"
            variant="default"
            loading={ask.isPending}
            leftSection={<IconRepeat size={16} aria-hidden />}
            style={{ alignSelf: 'flex-start' }}
          >
            {text.rereads.button}
          </Button>
        </Stack>
      </form>
    </Paper>
  );
}
