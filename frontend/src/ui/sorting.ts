/** Order of a table's rows by one column. Pure. */

export type SortValue = string | number | null;
export type Direction = 'ascending' | 'descending';

export interface Sorting {
  readonly key: string;
  readonly direction: Direction;
}

const COLLATOR = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** A sorted copy. Equal rows keep their order; rows without a value come last in either direction. */
export function sortRows<Row>(
  rows: readonly Row[],
  valueOf: (row: Row) => SortValue,
  direction: Direction,
): Row[] {
  const sign = direction === 'ascending' ? 1 : -1;
  return [...rows].sort((first, second) => {
    const a = valueOf(first);
    const b = valueOf(second);
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return sign * compare(a, b);
  });
}

function compare(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return COLLATOR.compare(String(a), String(b));
}

/** A click on a column's head: its first direction, then the other one. */
export function nextSorting(current: Sorting, key: string, first: Direction = 'ascending'): Sorting {
  if (current.key !== key) return { key, direction: first };
  return { key, direction: current.direction === 'ascending' ? 'descending' : 'ascending' };
}
