import { Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

import { formatScore } from '~/format';
import { type Column, ScoreCell, SortableTable } from '~/ui';

import type { Dataset, DatasetAgreement } from '../queries';
import type { NameOf } from './agreement';
import { text } from './text';

type IntraRater = DatasetAgreement['intra_raters'][number];
type Reread = DatasetAgreement['rereads'][number];
type Region = Dataset['scheme']['regions'][number];

interface IntraRaterSectionProps {
  readonly dataset: Dataset;
  readonly agreement: DatasetAgreement;
  readonly nameOf: NameOf;
}

/** How far raters agree with themselves, where they read cases again; nothing before that. */
export function IntraRaterSection({ dataset, agreement, nameOf }: IntraRaterSectionProps) {
  const { intra_raters, rereads } = agreement;
  const { regions } = dataset.scheme;
  if (rereads.length === 0) return null;
  return (
    <Stack gap="sm" component="section">
      <div>
        <Title order={2}>{text.intra.title}</Title>
        <Text size="sm" c="dimmed">
          {text.intra.lead}
        </Text>
      </div>
      <Paper style={{ overflow: 'hidden' }}>
        <SortableTable
          caption={text.intra.byRater}
          rows={intra_raters}
          columns={raterColumns(regions, nameOf)}
          rowKey={({ rater }) => rater.id}
          initial={{ key: 'rater', direction: 'ascending' }}
          minWidth={160 + 190 * regions.length}
        />
      </Paper>
      <Paper style={{ overflow: 'hidden' }}>
        <SortableTable
          caption={text.intra.byCase}
          rows={rereads}
          columns={caseColumns(regions, nameOf)}
          rowKey={(row) => `${row.rater.id} ${row.case} ${row.days_between}`}
          initial={{ key: 'case', direction: 'ascending' }}
          minWidth={260 + 130 * regions.length}
          maxHeight={480}
        />
      </Paper>
    </Stack>
  );
}

function raterColumns(regions: readonly Region[], nameOf: NameOf): Column<IntraRater>[] {
  return [
    { key: 'rater', header: text.intra.rater, value: ({ rater }) => nameOf(rater), render: ({ rater }) => <Name>{nameOf(rater)}</Name> },
    { key: 'rereads', header: text.intra.rereads, numeric: true, value: (row) => row.rereads, render: (row) => row.rereads },
    ...regions.flatMap((region, position): Column<IntraRater>[] => [
      {
        key: `dice ${region.key}`,
        header: text.intra.dice(region.name),
        numeric: true,
        firstDirection: 'ascending',
        value: ({ dice }) => dice[region.key]?.value ?? null,
        render: ({ dice }) => <ScoreCell value={dice[region.key]?.value} region={{ key: region.key, position }} />,
      },
      {
        key: `kappa ${region.key}`,
        header: text.intra.kappa,
        label: `${text.intra.kappa}, ${region.name}`,
        numeric: true,
        firstDirection: 'ascending',
        value: ({ kappa }) => kappa[region.key]?.value ?? null,
        render: ({ kappa }) => formatScore(kappa[region.key]?.value),
      },
    ]),
  ];
}

function caseColumns(regions: readonly Region[], nameOf: NameOf): Column<Reread>[] {
  return [
    { key: 'case', header: text.intra.case, value: (row) => row.case_name, render: (row) => <Name>{row.case_name}</Name> },
    { key: 'rater', header: text.intra.rater, value: ({ rater }) => nameOf(rater), render: ({ rater }) => <Name>{nameOf(rater)}</Name> },
    {
      key: 'days',
      header: text.intra.days,
      numeric: true,
      value: (row) => row.days_between,
      render: (row) => Math.round(row.days_between),
    },
    ...regions.map((region, position): Column<Reread> => ({
      key: region.key,
      header: text.intra.dice(region.name),
      numeric: true,
      firstDirection: 'ascending',
      value: ({ dice }) => dice[region.key] ?? null,
      render: ({ dice }) => <ScoreCell value={dice[region.key]} region={{ key: region.key, position }} />,
    })),
  ];
}

function Name({ children }: { readonly children: ReactNode }) {
  return <span style={{ whiteSpace: 'nowrap' }}>{children}</span>;
}
