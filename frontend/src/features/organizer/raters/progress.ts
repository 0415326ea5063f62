/** Assignments by rater and case, as the grid shows them. Pure. */
import type { AnnotationStatus, Assignment } from '../queries';

interface Named {
  readonly id: string;
  readonly name: string;
}

export interface Cell {
  readonly caseName: string;
  readonly assignment: Assignment | null;
}

export interface ProgressRow {
  readonly rater: Assignment['rater'];
  readonly cells: readonly Cell[];
  readonly assigned: number;
  readonly submitted: number;
  /** Time worked, over these cases. */
  readonly active_ms: number;
}

const COLLATOR = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** One row per rater who has an assignment, by name; one cell per case, in the cases' order. Without re-reads. */
export function progressRows(all: readonly Assignment[], cases: readonly Named[]): ProgressRow[] {
  const assignments = all.filter(({ reading }) => (reading?.round ?? 1) === 1);
  const ordered = [...cases].sort((a, b) => COLLATOR.compare(a.name, b.name));
  const raters = new Map(assignments.map(({ rater }) => [rater.id, rater]));
  const found = new Map(assignments.map((one) => [`${one.rater.id} ${one.case.id}`, one]));
  return [...raters.values()]
    .sort((a, b) => COLLATOR.compare(a.name, b.name))
    .map((rater) => {
      const cells = ordered.map(({ id, name }) => ({ caseName: name, assignment: found.get(`${rater.id} ${id}`) ?? null }));
      const states = cells.flatMap(({ assignment }) => (assignment ? [assignment.annotation.status] : []));
      return {
        rater,
        cells,
        assigned: states.length,
        submitted: states.filter((state) => state === 'submitted').length,
        active_ms: cells.reduce((sum, { assignment }) => sum + (assignment?.annotation.active_ms ?? 0), 0),
      };
    });
}

export type SquareState = AnnotationStatus | 'unassigned';

export function stateOf({ assignment }: Cell): SquareState {
  return assignment?.annotation.status ?? 'unassigned';
}

export function isOverdue({ due_at, annotation }: Assignment, now: Date): boolean {
  return annotation.status !== 'submitted' && due_at !== null && new Date(due_at) < now;
}

/** Where a key leads from one of `count` cells in a line; null where it leads nowhere. */
export function nextCell(key: string, index: number, count: number): number | null {
  switch (key) {
    case 'ArrowRight':
      return index + 1 < count ? index + 1 : null;
    case 'ArrowLeft':
      return index > 0 ? index - 1 : null;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}

/** The last second of a day as it is lived here; null for no day. */
export function endOfDay(day: string): string | null {
  return day ? new Date(`${day}T23:59:59`).toISOString() : null;
}
