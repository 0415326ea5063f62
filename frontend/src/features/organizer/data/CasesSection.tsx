import { Group, NativeSelect, Paper, Stack, Text, Title } from '@mantine/core';
import { IconPhotoOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { EmptyState, Query, SortableTable, Time } from '~/ui';

import { type Dataset, type DatasetVersion, organizerQueries } from '../queries';
import { caseColumns } from './caseColumns';
import { text } from './text';

/** The cases of a version: files, findings, and how far annotation and consensus are. */
export function CasesSection({ dataset }: { readonly dataset: Dataset }) {
  const [chosen, setChosen] = useState<number | null>(null);
  const versions = useQuery(organizerQueries.versions(dataset.id));
  const cases = useQuery(organizerQueries.cases(dataset.id, chosen));
  return (
    <Stack gap="sm" component="section">
      <Group justify="space-between" align="flex-end">
        <Title order={2}>{text.cases.title}</Title>
        {versions.data && versions.data.length > 0 && (
          <VersionChoice versions={versions.data} value={chosen} onChange={setChosen} />
        )}
      </Group>
      <Query of={cases}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState icon={<IconPhotoOff size={28} />} title={text.cases.none}>
              {text.cases.noneHint}
            </EmptyState>
          ) : (
            <Paper style={{ overflow: 'hidden' }}>
              <SortableTable
                caption={text.cases.caption}
                rows={rows}
                columns={caseColumns(dataset)}
                rowKey={({ id }) => id}
                initial={{ key: 'name', direction: 'ascending' }}
                minWidth={820}
                maxHeight={720}
              />
            </Paper>
          )
        }
      </Query>
    </Stack>
  );
}

interface VersionChoiceProps {
  readonly versions: readonly DatasetVersion[];
  /** Null is the latest. */
  readonly value: number | null;
  readonly onChange: (number: number | null) => void;
}

function VersionChoice({ versions, value, onChange }: VersionChoiceProps) {
  const latest = Math.max(...versions.map(({ number }) => number));
  const shown = versions.find(({ number }) => number === (value ?? latest));
  const choose = (number: number) => onChange(number === latest ? null : number);
  return (
    <Group gap="sm">
      {shown && (
        <Text size="xs" c="dimmed" title={shown.digest}>
          <Time iso={shown.created_at} /> {text.cases.madeBy(shown.created_by.name, shown.digest.slice(0, 8))}
        </Text>
      )}
      <NativeSelect
        size="sm"
        aria-label={text.cases.version}
        value={String(value ?? latest)}
        data={[...versions]
          .sort((a, b) => b.number - a.number)
          .map(({ number, case_count }) => ({ value: String(number), label: text.cases.versionName(number, case_count) }))}
        onChange={(event) => choose(Number(event.currentTarget.value))}
      />
    </Group>
  );
}
