import { Anchor, Code, Paper, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';

import { NOT_AVAILABLE } from '~/format';
import { type Column, SortableTable } from '~/ui';

import { total_s } from './caseTimes';
import type { RunCase } from './queries';
import { text as words } from './runText';
import { formatMemory, formatSeconds } from './work';

const text = words.cases;
const TALLEST_PX = 460;

interface RunCasesTableProps {
  readonly cases: readonly RunCase[];
  /** Whether this person sees the cases themselves, and not only their numbers. */
  readonly isShown: boolean;
  /** Whether those that wait will still be computed. */
  readonly isUnderWay: boolean;
}

/** How each case went; what failed says why. */
export function RunCasesTable({ cases, isShown, isUnderWay }: RunCasesTableProps) {
  return (
    <Paper style={{ overflow: 'hidden' }}>
      <SortableTable
        caption={text.caption}
        rows={cases}
        columns={columnsOf({ isShown, isUnderWay, hasFailures: cases.some(({ reason_code }) => reason_code !== '') })}
        rowKey={({ number }) => number}
        initial={{ key: 'number', direction: 'ascending' }}
        minWidth={isShown ? 640 : 300}
        maxHeight={TALLEST_PX}
      />
    </Paper>
  );
}

interface Shown {
  readonly isShown: boolean;
  readonly isUnderWay: boolean;
  readonly hasFailures: boolean;
}

/** Why something failed is a column only where something did. */
function columnsOf({ isShown, isUnderWay, hasFailures }: Shown): Column<RunCase>[] {
  return [NUMBER, ...(isShown ? [NAME] : []), statusColumn(isUnderWay), SECONDS, ...(isShown ? [MEMORY, LABELMAP] : []), ...(hasFailures ? [REASON] : [])];
}

const NUMBER: Column<RunCase> = {
  key: 'number',
  header: text.columns.number,
  numeric: true,
  width: 64,
  value: ({ number }) => number,
  render: ({ number }) => number,
};

const NAME: Column<RunCase> = {
  key: 'name',
  header: text.columns.name,
  value: (row) => row.case?.name ?? null,
  render: (row) => row.case?.name ?? NOT_AVAILABLE,
};

function statusColumn(isUnderWay: boolean): Column<RunCase> {
  const inWords = ({ status }: RunCase) => (status === 'queued' && !isUnderWay ? text.notComputed : text.states[status]);
  return { key: 'status', header: text.columns.status, value: inWords, render: inWords };
}

const SECONDS: Column<RunCase> = {
  key: 'seconds',
  header: text.columns.seconds,
  numeric: true,
  value: (row) => (isTimed(row) ? total_s(row) : null),
  firstDirection: 'descending',
  render: (row) => isTimed(row) && formatSeconds(total_s(row)),
};

const MEMORY: Column<RunCase> = {
  key: 'memory',
  header: text.columns.memory,
  numeric: true,
  value: ({ memory_mib }) => memory_mib,
  render: ({ memory_mib }) => memory_mib !== null && formatMemory(memory_mib),
};

const LABELMAP: Column<RunCase> = {
  key: 'labelmap',
  header: text.columns.labelmap,
  render: (row) =>
    row.labelmap_url && (
      <Anchor href={row.labelmap_url} download size="sm" aria-label={text.downloadOf(row.case?.name ?? String(row.number))}>
        <IconDownload size={14} aria-hidden /> {text.download}
      </Anchor>
    ),
};

const REASON: Column<RunCase> = {
  key: 'reason',
  header: text.columns.reason,
  value: ({ reason_code }) => reason_code,
  render: ({ reason, reason_code }) =>
    reason_code && (
      <>
        <Text size="sm">{reason}</Text>
        <Code>{reason_code}</Code>
      </>
    ),
};

function isTimed({ seconds }: RunCase): boolean {
  return Object.keys(seconds).length > 0;
}
