import { Anchor, Paper } from '@mantine/core';
import { Link } from 'react-router';

import type { Region, Submission } from '~/api/types';
import { type Column, RegionLabel, ScoreCell, SortableTable } from '~/ui';

import type { CaseScores } from './caseScores';
import { text } from './text';

const SCROLL_FROM = 14;

interface CaseTableProps {
  readonly submission: Submission;
  readonly cases: readonly CaseScores[];
  readonly regions: readonly Region[];
}

/** One row per case, the worst first: those are worth looking at. */
export function CaseTable({ submission, cases, regions }: CaseTableProps) {
  const viewer = (id: string) => `/cases/${id}?submission=${submission.id}&phase=${submission.phase.id}`;
  const columns: Column<CaseScores>[] = [
    {
      key: 'case',
      header: text.cases.columns.case,
      value: ({ name }) => name,
      render: ({ id, name }) => (
        <Anchor component={Link} to={viewer(id)} size="sm" fw={550} aria-label={text.cases.open(name)} style={{ whiteSpace: 'nowrap' }}>
          {name}
        </Anchor>
      ),
    },
    ...regions.map(
      (region, position): Column<CaseScores> => ({
        key: region.key,
        header: <RegionLabel regionKey={region.key} name={region.name} position={position} />,
        label: region.name,
        numeric: true,
        value: ({ values }) => values[region.key] ?? null,
        render: ({ values }) => <ScoreCell value={values[region.key]} region={{ key: region.key, position }} />,
      }),
    ),
    {
      key: 'mean',
      header: text.cases.columns.mean,
      numeric: true,
      value: ({ mean }) => mean,
      render: ({ mean }) => <ScoreCell value={mean} strong />,
    },
  ];
  return (
    <Paper style={{ overflow: 'hidden' }}>
      <SortableTable
        caption={text.cases.caption}
        rows={cases}
        columns={columns}
        rowKey={({ id }) => id}
        initial={{ key: 'mean', direction: 'ascending' }}
        minWidth={330}
        {...(cases.length > SCROLL_FROM ? { maxHeight: 640 } : {})}
      />
    </Paper>
  );
}
