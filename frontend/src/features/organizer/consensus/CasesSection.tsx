import { Paper, Stack, Text, Title } from '@mantine/core';

import { answered, api } from '~/api/client';
import { keys } from '~/api/queries';
import { SortableTable } from '~/ui';

import type { CaseConsensus, Dataset, FusionMethod } from '../queries';
import { useAction } from '../useAction';
import type { NameOf } from './agreement';
import { consensusColumns } from './consensusColumns';
import { text } from './text';

interface CasesSectionProps {
  readonly dataset: Dataset;
  readonly methods: readonly FusionMethod[];
  readonly rows: readonly CaseConsensus[];
  readonly nameOf: NameOf;
}

/** The consensus of every case, or what keeps it from being. */
export function CasesSection({ dataset, methods, rows, nameOf }: CasesSectionProps) {
  const fuse = useAction(
    ({ case: { id } }: CaseConsensus) =>
      answered(api.POST('/api/v1/cases/{case_id}/fuse/', { params: { path: { case_id: id } } })),
    { stale: [keys.dataset(dataset.id)], done: (_answer, row) => text.cases.requested(row.case.name) },
  );
  return (
    <Stack gap="xs" component="section">
      <Title order={2}>{text.cases.title}</Title>
      <Text size="sm" c="dimmed">
        {text.cases.lead}
      </Text>
      <Paper style={{ overflow: 'hidden' }}>
        <SortableTable
          caption={text.cases.caption}
          rows={rows}
          columns={consensusColumns({ datasetId: dataset.id, scheme: dataset.scheme, methods, nameOf, onFuse: (row) => fuse.mutate(row) })}
          rowKey={({ case: { id } }) => id}
          initial={{ key: 'name', direction: 'ascending' }}
          minWidth={900}
          maxHeight={680}
        />
      </Paper>
    </Stack>
  );
}
