import { expect, test } from 'vitest';

import type { Assignment } from '../queries';
import { endOfDay, isOverdue, nextCell, progressRows, stateOf } from './progress';

function assignment(rater: number, name: string, caseId: string, status: string, due_at: string | null = null): Assignment {
  return { rater: { id: rater, username: name, name }, case: { id: caseId }, annotation: { status }, due_at } as Assignment;
}

const CASES = [
  { id: 'b', name: 'Case 10' },
  { id: 'a', name: 'Case 2' },
];

test('raters come by name and their cells by case, assigned or not', () => {
  const rows = progressRows(
    [assignment(2, 'Zoe', 'a', 'draft'), assignment(1, 'Ada', 'a', 'submitted'), assignment(1, 'Ada', 'b', 'assigned')],
    CASES,
  );
  expect(rows.map(({ rater }) => rater.name)).toEqual(['Ada', 'Zoe']);
  expect(rows.map(({ cells }) => cells.map(stateOf))).toEqual([
    ['submitted', 'assigned'],
    ['draft', 'unassigned'],
  ]);
  expect(rows[0]).toMatchObject({ assigned: 2, submitted: 1 });
});

test('what is of another version is not counted', () => {
  const [row] = progressRows([assignment(1, 'Ada', 'gone', 'submitted')], CASES);
  expect(row).toMatchObject({ assigned: 0, submitted: 0 });
});

test('submitted work is never overdue', () => {
  const now = new Date('2026-05-02T00:00:00Z');
  const due = '2026-05-01T00:00:00Z';
  expect(isOverdue(assignment(1, 'A', 'a', 'draft', due), now)).toBe(true);
  expect(isOverdue(assignment(1, 'A', 'a', 'submitted', due), now)).toBe(false);
  expect(isOverdue(assignment(1, 'A', 'a', 'draft'), now)).toBe(false);
});

test.each([
  ['ArrowRight', 0, 1],
  ['ArrowRight', 2, null],
  ['ArrowLeft', 0, null],
  ['Home', 2, 0],
  ['End', 0, 2],
  ['Enter', 1, null],
])('%s from %i leads to %s', (key, from, to) => expect(nextCell(key, from, 3)).toBe(to));

test('a due day ends with it', () => {
  expect(endOfDay('')).toBeNull();
  expect(new Date(endOfDay('2026-05-01') ?? '').getHours()).toBe(23);
});
