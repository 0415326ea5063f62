import { Paper, Text } from '@mantine/core';
import { useMemo } from 'react';

import { formatDifference_ml, limitsOf } from '~/features/volumes';
import { formatScore } from '~/format';
import { type Column, ScoreCell, SortableTable } from '~/ui';

import type { DatasetAgreement } from '../queries';
import { text } from './text';
import type { RaterVolume } from './volumes';

type RaterMeans = DatasetAgreement['raters'][number];

interface RaterTableProps {
  readonly agreement: DatasetAgreement;
  readonly region: { readonly key: string; readonly name: string; readonly position: number };
  readonly names: ReadonlyMap<number, string>;
  readonly volumes: readonly RaterVolume[];
}

/** Each rater in one region: against the others, as STAPLE sees them, and how much they draw. */
export function RaterTable({ agreement, region, names, volumes }: RaterTableProps) {
  const columns = useMemo(
    () => columnsOf(agreement, region, names, volumes),
    [agreement, region, names, volumes],
  );
  return (
    <Paper style={{ overflow: 'hidden' }}>
      <SortableTable
        caption={text.raters.caption(region.name)}
        rows={agreement.raters}
        columns={columns}
        rowKey={({ rater }) => rater.id}
        initial={{ key: 'rater', direction: 'ascending' }}
        minWidth={720}
      />
    </Paper>
  );
}

function columnsOf(
  { raters }: DatasetAgreement,
  region: RaterTableProps['region'],
  names: ReadonlyMap<number, string>,
  volumes: readonly RaterVolume[],
): Column<RaterMeans>[] {
  const heads = text.raters.columns;
  const { key } = region;
  const nameOf = ({ rater }: RaterMeans) => names.get(rater.id) ?? rater.name;
  const biasOf = (row: RaterMeans) => limitsOf(volumes.filter(({ rater }) => rater === nameOf(row)))?.bias_ml ?? null;
  const score = (name: 'leave_one_out_dice' | 'sensitivity' | 'specificity', header: string): Column<RaterMeans> => ({
    key: name,
    header,
    numeric: true,
    firstDirection: 'ascending',
    value: (row) => row[name][key]?.value ?? null,
    render: (row) => <ScoreCell value={row[name][key]?.value} region={region} />,
  });
  return [
    {
      key: 'rater',
      header: heads.rater,
      value: nameOf,
      render: (row) => (
        <Text span size="sm" fw={600} style={{ whiteSpace: 'nowrap' }}>
          {nameOf(row)}
        </Text>
      ),
    },
    { key: 'cases', header: heads.cases, numeric: true, value: ({ cases }) => cases, render: ({ cases }) => cases },
    score('leave_one_out_dice', heads.leaveOneOut),
    score('sensitivity', heads.sensitivity),
    score('specificity', heads.specificity),
    {
      key: 'volume',
      header: heads.volume,
      numeric: true,
      value: biasOf,
      render: (row) => {
        const bias_ml = biasOf(row);
        return bias_ml === null ? text.cases.none : formatDifference_ml(bias_ml);
      },
    },
    ...(raters.some(({ weight }) => weight.value !== null) ? weightColumns() : []),
  ];
}

/** Only where the method weighs the raters' votes. */
function weightColumns(): Column<RaterMeans>[] {
  const heads = text.raters.columns;
  return [
    {
      key: 'weight',
      header: heads.weight,
      numeric: true,
      value: ({ weight }) => weight.value,
      render: ({ weight }) => formatScore(weight.value),
    },
    {
      key: 'dropped',
      header: heads.dropped,
      numeric: true,
      value: ({ dropped }) => dropped,
      render: ({ dropped, weight }) => text.raters.droppedIn(dropped, weight.cases),
    },
  ];
}
