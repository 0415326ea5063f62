import { describe, expect, it } from 'vitest';

import type { AnnotationStatus, Assignment } from './queries';
import { filtered, isOverdue, nextOpen } from './queue';

function assignment(name: string, status: AnnotationStatus, due_at: string | null = null): Assignment {
  return { case: { name }, due_at, annotation: { status } } as Assignment;
}

const QUEUE = [
  assignment('Case-10', 'assigned'),
  assignment('Case-2', 'assigned'),
  assignment('Case-3', 'assigned', '2026-12-01T00:00:00Z'),
  assignment('Case-4', 'submitted'),
  assignment('Case-5', 'reopened'),
];

describe('queue', () => {
  it('puts reopened cases first, then the earliest date, then names in numeric order', () => {
    expect(filtered(QUEUE, 'open').map((one) => one.case.name)).toEqual(['Case-5', 'Case-3', 'Case-2', 'Case-10']);
  });

  it('offers the most urgent open case, and none when all are submitted', () => {
    expect(nextOpen(QUEUE)?.case.name).toBe('Case-5');
    expect(nextOpen([assignment('Case-1', 'submitted')])).toBeUndefined();
  });

  it('calls only open cases overdue', () => {
    const late = '2026-01-01T00:00:00Z';
    const now = new Date('2026-01-02T00:00:00Z');
    expect(isOverdue(assignment('a', 'draft', late), now)).toBe(true);
    expect(isOverdue(assignment('a', 'submitted', late), now)).toBe(false);
  });
});
