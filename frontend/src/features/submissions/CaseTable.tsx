import { ActionIcon, Anchor, Paper, Tooltip } from '@mantine/core';
import { IconPhoto } from '@tabler/icons-react';
import { Link } from 'react-router';

import type { Metric, Region, Submission } from '~/api/types';
import { MetricValue, nameWithUnit, sortValue, worstFirst } from '~/features/metrics';
import { type Column, RegionLabel, SortableTable } from '~/ui';

import type { CaseScores } from './caseScores';
import { text } from './text';
import { viewerPath } from './viewerPath';

const SCROLL_FROM = 14;

interface CaseTableProps {
  readonly submission: Submission;
  readonly cases: readonly CaseScores[];
  readonly metric: Metric;
  readonly regions: readonly Region[];
  /** Null where the reference is not to be seen. */
  readonly onPicture: ((row: CaseScores) => void) | null;
}

/** One row per case, the worst first: those are worth looking at. */
export function CaseTable({ submission, cases, metric, regions, onPicture }: CaseTableProps) {
  const direction = worstFirst(metric);
  const columns: Column<CaseScores>[] = [
    {
      key: 'case',
      header: text.cases.columns.case,
      value: ({ name }) => name,
      render: ({ id, name }) => (
        <Anchor
          component={Link}
          to={viewerPath(submission, id)}
          size="sm"
          fw={550}
          aria-label={text.cases.open(name)}
          style={{ whiteSpace: 'nowrap' }}
        >
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
        firstDirection: direction,
        value: ({ values }) => sortValue(values[region.key], metric),
        render: ({ values }) => (
          <MetricValue value={values[region.key]} metric={metric} region={{ key: region.key, position }} />
        ),
      }),
    ),
    ...(regions.length > 1 ? [meanColumn(metric)] : []),
    ...(onPicture ? [pictureColumn(onPicture)] : []),
  ];
  return (
    <Paper style={{ overflow: 'hidden' }}>
      <SortableTable
        caption={text.cases.caption(nameWithUnit(metric))}
        rows={cases}
        columns={columns}
        rowKey={({ id }) => id}
        initial={{ key: regions.length > 1 ? 'mean' : (regions[0]?.key ?? 'case'), direction }}
        minWidth={330}
        {...(cases.length > SCROLL_FROM ? { maxHeight: 640 } : {})}
      />
    </Paper>
  );
}

function meanColumn(metric: Metric): Column<CaseScores> {
  return {
    key: 'mean',
    header: text.cases.columns.mean,
    numeric: true,
    firstDirection: worstFirst(metric),
    value: ({ mean }) => sortValue(mean, metric),
    render: ({ mean }) => <MetricValue value={mean} metric={metric} strong />,
  };
}

function pictureColumn(onPicture: (row: CaseScores) => void): Column<CaseScores> {
  return {
    key: 'picture',
    header: text.cases.columns.picture,
    numeric: true,
    width: 70,
    render: (row) => (
      <Tooltip label={text.cases.picture(row.name)}>
        <ActionIcon aria-label={text.cases.picture(row.name)} onClick={() => onPicture(row)}>
          <IconPhoto size={18} aria-hidden />
        </ActionIcon>
      </Tooltip>
    ),
  };
}
