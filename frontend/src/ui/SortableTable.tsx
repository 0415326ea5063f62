import { Table, UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconArrowsSort } from '@tabler/icons-react';
import { type Key, type ReactNode, useMemo, useState } from 'react';

import { type Direction, nextSorting, sortRows, type Sorting, type SortValue } from './sorting';
import classes from './SortableTable.module.css';
import { text } from './text';

export interface Column<Row> {
  readonly key: string;
  readonly header: ReactNode;
  /** How the header is spoken, where it is not plain text. */
  readonly label?: string;
  readonly value?: (row: Row) => SortValue;
  readonly render: (row: Row) => ReactNode;
  readonly numeric?: boolean;
  readonly firstDirection?: Direction;
  readonly width?: number | string;
}

interface SortableTableProps<Row> {
  readonly caption: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly rowKey: (row: Row) => Key;
  readonly initial: Sorting;
  readonly minWidth?: number;
  readonly maxHeight?: number;
}

/** A table that a click on a column's head sorts; wide ones scroll sideways in themselves, never the page. */
export function SortableTable<Row>(props: SortableTableProps<Row>) {
  const { caption, rows, columns, rowKey, initial, minWidth = 480, maxHeight } = props;
  const [sorting, setSorting] = useState(initial);
  const sorted = useMemo(() => {
    const valueOf = columns.find((column) => column.key === sorting.key)?.value;
    return valueOf ? sortRows(rows, valueOf, sorting.direction) : rows;
  }, [rows, columns, sorting]);

  return (
    <Table.ScrollContainer type="native" minWidth={minWidth} {...(maxHeight ? { maxHeight } : {})}>
      <Table stickyHeader={Boolean(maxHeight)} className={classes.table}>
        <caption className={classes.caption}>{caption}</caption>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <HeaderCell key={column.key} column={column} sorting={sorting} onSort={setSorting} />
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sorted.map((row) => (
            <Table.Tr key={rowKey(row)}>
              {columns.map((column) => (
                <Table.Td key={column.key} className={column.numeric ? 'numeric' : undefined}>
                  {column.render(row)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

interface HeaderCellProps<Row> {
  readonly column: Column<Row>;
  readonly sorting: Sorting;
  readonly onSort: (sorting: Sorting) => void;
}

function HeaderCell<Row>({ column, sorting, onSort }: HeaderCellProps<Row>) {
  const direction = sorting.key === column.key ? sorting.direction : null;
  const className = column.numeric ? 'numeric' : undefined;
  if (!column.value) {
    return (
      <Table.Th className={className} w={column.width}>
        {column.header}
      </Table.Th>
    );
  }
  return (
    <Table.Th className={className} w={column.width} aria-sort={direction ?? 'none'}>
      <UnstyledButton
        className={classes.sort}
        aria-label={column.label ? text.sortBy(column.label) : undefined}
        onClick={() => onSort(nextSorting(sorting, column.key, column.firstDirection))}
      >
        <span>{column.header}</span>
        <SortMark direction={direction} />
      </UnstyledButton>
    </Table.Th>
  );
}

function SortMark({ direction }: { readonly direction: Direction | null }) {
  if (direction === 'ascending') return <IconArrowUp size={13} aria-hidden />;
  if (direction === 'descending') return <IconArrowDown size={13} aria-hidden />;
  return <IconArrowsSort size={13} aria-hidden className={classes.unsorted} />;
}
