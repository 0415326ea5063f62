import { expect, test } from 'vitest';

import { nextSorting, sortRows } from './sorting';

const rows = [
  { name: 'case 10', dice: 0.5 },
  { name: 'case 2', dice: null },
  { name: 'case 1', dice: 0.9 },
  { name: 'Case 3', dice: 0.5 },
];

test('names with numbers are ordered as people count', () => {
  expect(sortRows(rows, (row) => row.name, 'ascending').map((row) => row.name)).toEqual([
    'case 1',
    'case 2',
    'Case 3',
    'case 10',
  ]);
});

test.each(['ascending', 'descending'] as const)('a missing value comes last when %s', (direction) => {
  expect(sortRows(rows, (row) => row.dice, direction).at(-1)?.name).toBe('case 2');
});

test('equal values keep their order', () => {
  const equal = sortRows(rows, (row) => row.dice, 'ascending').slice(0, 2);
  expect(equal.map((row) => row.name)).toEqual(['case 10', 'Case 3']);
});

test('the rows that were given stay as they are', () => {
  const before = [...rows];
  sortRows(rows, (row) => row.dice, 'descending');
  expect(rows).toEqual(before);
});

test('a second click on the same column turns the order around', () => {
  const first = nextSorting({ key: 'name', direction: 'ascending' }, 'dice', 'descending');
  expect(first).toEqual({ key: 'dice', direction: 'descending' });
  expect(nextSorting(first, 'dice', 'descending')).toEqual({ key: 'dice', direction: 'ascending' });
});
