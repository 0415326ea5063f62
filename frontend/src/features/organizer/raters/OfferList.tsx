import { Button, Paper, Stack, Text, Title } from '@mantine/core';
import { modals } from '@mantine/modals';
import { IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';

import { answered, api } from '~/api/client';
import { type Column, SortableTable } from '~/ui';

import { type Dataset, organizerKeys, organizerQueries } from '../queries';
import { text as shared } from '../text';
import { useAction } from '../useAction';
import { type OfferedCase, offeredCases } from './offers';
import { text } from './text';

/** What is offered now, and what came of it; nothing while nothing is. */
export function OfferList({ dataset }: { readonly dataset: Dataset }) {
  const assignments = useQuery(organizerQueries.assignments(dataset.id));
  const rows = offeredCases(assignments.data ?? []);
  if (rows.length === 0) return null;
  return (
    <Stack gap="xs" component="section" aria-label={text.offers.title}>
      <Title order={3}>{text.offers.title}</Title>
      <Paper style={{ overflow: 'hidden' }}>
        <SortableTable
          caption={text.offers.title}
          rows={rows}
          columns={columnsOf(dataset)}
          rowKey={({ caseId }) => caseId}
          initial={{ key: 'case', direction: 'ascending' }}
          minWidth={760}
          maxHeight={420}
        />
      </Paper>
    </Stack>
  );
}

function columnsOf(dataset: Dataset): Column<OfferedCase>[] {
  const heads = text.offers.columns;
  const names = (key: 'waiting' | 'began' | 'alone'): Column<OfferedCase> => ({
    key,
    header: heads[key],
    value: (row) => row[key].length,
    render: (row) => <Text size="sm">{row[key].join(', ') || '–'}</Text>,
  });
  return [
    {
      key: 'case',
      header: heads.case,
      value: ({ caseName }) => caseName,
      render: ({ caseName }) => <span style={{ whiteSpace: 'nowrap' }}>{caseName}</span>,
    },
    { key: 'source', header: heads.source, value: ({ sources }) => sources.join(', '), render: ({ sources }) => sources.join(', ') },
    names('waiting'),
    names('began'),
    names('alone'),
    {
      key: 'withdraw',
      header: heads.withdraw,
      render: (row) => row.waiting.length > 0 && <Withdraw dataset={dataset} offer={row} />,
    },
  ];
}

function Withdraw({ dataset, offer }: { readonly dataset: Dataset; readonly offer: OfferedCase }) {
  const { caseId, caseName, sources, waiting, began } = offer;
  const withdraw = useAction(
    () => answered(api.DELETE('/api/v1/cases/{case_id}/pre-annotations/', { params: { path: { case_id: caseId } } })),
    { stale: [organizerKeys.assignments(dataset.id)], done: () => text.offers.withdrawn(caseName) },
  );
  const ask = () =>
    modals.openConfirmModal({
      title: text.offers.withdrawTitle(caseName),
      children: text.offers.withdrawSentence(sources, waiting, began),
      labels: { confirm: text.offers.withdraw, cancel: shared.cancel },
      confirmProps: { color: 'red' },
      onConfirm: () => withdraw.mutate(undefined),
    });
  return (
    <Button
      size="compact-sm"
      variant="default"
      loading={withdraw.isPending}
      onClick={ask}
      aria-label={text.offers.withdrawNamed(caseName)}
      leftSection={<IconTrash size={14} aria-hidden />}
    >
      {text.offers.withdraw}
    </Button>
  );
}
