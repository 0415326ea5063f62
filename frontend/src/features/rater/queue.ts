/** The rater's queue: which case comes next. Pure. */
import type { Assignment } from './queries';

export type QueueFilter = 'open' | 'submitted' | 'all';

export function isOpen({ annotation }: Assignment): boolean {
  return annotation.status !== 'submitted';
}

export function isOverdue(assignment: Assignment, now: Date): boolean {
  return isOpen(assignment) && assignment.due_at != null && new Date(assignment.due_at) < now;
}

/** Reopened before begun before new; within these the earliest due date, none last; then by name. */
export function byUrgency(first: Assignment, second: Assignment): number {
  return (
    ORDER[first.annotation.status] - ORDER[second.annotation.status] ||
    dueTime(first) - dueTime(second) ||
    first.case.name.localeCompare(second.case.name, 'en', { numeric: true })
  );
}

export function nextOpen(assignments: readonly Assignment[]): Assignment | undefined {
  return [...assignments].filter(isOpen).sort(byUrgency)[0];
}

export function filtered(assignments: readonly Assignment[], filter: QueueFilter): Assignment[] {
  const wanted = assignments.filter((one) => filter === 'all' || isOpen(one) === (filter === 'open'));
  return wanted.sort(byUrgency);
}

const ORDER = { reopened: 0, draft: 1, assigned: 2, submitted: 3 } as const;
const NEVER = 8.64e15;

function dueTime({ due_at }: Assignment): number {
  return due_at == null ? NEVER : new Date(due_at).getTime();
}
