/** The rater's queue: which case comes next, and how far each dataset is. Pure. */
import type { Assignment } from './queries';

export type QueueFilter = 'open' | 'submitted' | 'all';

export function isOpen({ annotation }: Assignment): boolean {
  return annotation.status !== 'submitted';
}

export function isOverdue(assignment: Assignment, now: Date): boolean {
  return isOpen(assignment) && assignment.due_at != null && new Date(assignment.due_at) < now;
}

/** The earliest due date, none last; among equals reopened before begun before new; then by name. */
export function byUrgency(first: Assignment, second: Assignment): number {
  return (
    dueTime(first) - dueTime(second) ||
    ORDER[first.annotation.status] - ORDER[second.annotation.status] ||
    first.case.name.localeCompare(second.case.name, 'en', { numeric: true })
  );
}

/** The most urgent open case, other than the one that is left. */
export function nextOpen(assignments: readonly Assignment[], left: string | null = null): Assignment | undefined {
  return assignments.filter((one) => isOpen(one) && one.id !== left).sort(byUrgency)[0];
}

/** The open case after this one in the queue, the first after the last; without another open one undefined. */
export function openAfter(assignments: readonly Assignment[], current: Assignment): Assignment | undefined {
  const others = assignments.filter((one) => isOpen(one) && one.id !== current.id).sort(byUrgency);
  return others.find((one) => byUrgency(one, current) > 0) ?? others[0];
}

export function filtered(assignments: readonly Assignment[], filter: QueueFilter): Assignment[] {
  const wanted = assignments.filter((one) => filter === 'all' || isOpen(one) === (filter === 'open'));
  return wanted.sort((first, second) => Number(!isOpen(first)) - Number(!isOpen(second)) || byUrgency(first, second));
}

export interface DatasetProgress {
  readonly dataset: Assignment['dataset'];
  readonly assigned: number;
  readonly submitted: number;
  readonly overdue: number;
  readonly active_ms: number;
}

/** One per dataset, by name. */
export function datasetProgress(assignments: readonly Assignment[], now: Date): DatasetProgress[] {
  const datasets = new Map(assignments.map(({ dataset }) => [dataset.id, dataset]));
  return [...datasets.values()]
    .map((dataset) => {
      const own = assignments.filter((one) => one.dataset.id === dataset.id);
      return {
        dataset,
        assigned: own.length,
        submitted: own.filter((one) => !isOpen(one)).length,
        overdue: own.filter((one) => isOverdue(one, now)).length,
        active_ms: own.reduce((sum, { annotation }) => sum + annotation.active_ms, 0),
      };
    })
    .sort((first, second) => first.dataset.name.localeCompare(second.dataset.name, 'en', { numeric: true }));
}

const ORDER = { reopened: 0, draft: 1, assigned: 2, submitted: 3 } as const;
const NEVER = 8.64e15;

function dueTime({ due_at }: Assignment): number {
  return due_at == null ? NEVER : new Date(due_at).getTime();
}
