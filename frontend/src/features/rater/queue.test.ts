import { describe, expect, it } from 'vitest';

import type { AnnotationStatus, Assignment } from './queries';
import { datasetProgress, filtered, isOverdue, nextOpen, openAfter } from './queue';

function assignment(name: string, status: AnnotationStatus, due_at: string | null = null): Assignment {
  const dataset = { id: name.split('-')[0], name: name.split('-')[0] };
  return { id: name, case: { name }, dataset, due_at, annotation: { status, active_ms: 60_000 } } as Assignment;
}

const QUEUE = [
  assignment('Case-10', 'assigned'),
  assignment('Case-2', 'assigned'),
  assignment('Case-3', 'assigned', '2026-12-01T00:00:00Z'),
  assignment('Case-4', 'submitted'),
  assignment('Case-5', 'reopened'),
];

describe('queue', () => {
  it('goes by due date, then reopened before new, then names in numeric order', () => {
    expect(filtered(QUEUE, 'open').map((one) => one.case.name)).toEqual(['Case-3', 'Case-5', 'Case-2', 'Case-10']);
    expect(filtered(QUEUE, 'all').at(-1)?.case.name).toBe('Case-4');
  });

  it('offers the most urgent open case, and none when all are submitted', () => {
    expect(nextOpen(QUEUE)?.case.name).toBe('Case-3');
    expect(nextOpen(QUEUE, 'Case-3')?.case.name).toBe('Case-5');
    expect(nextOpen([assignment('Case-1', 'submitted')])).toBeUndefined();
  });

  it('goes on after a case that is left open, and round to the first', () => {
    const after = (index: number) => openAfter(QUEUE, QUEUE[index] as Assignment)?.case.name;
    expect([after(2), after(4), after(1), after(0)]).toEqual(['Case-5', 'Case-2', 'Case-10', 'Case-3']);
    expect(openAfter([assignment('Case-1', 'draft')], assignment('Case-1', 'draft'))).toBeUndefined();
  });

  it('sums up each dataset', () => {
    const late = assignment('Other-1', 'draft', '2026-01-01T00:00:00Z');
    const rows = datasetProgress([late, ...QUEUE], new Date('2026-01-02T00:00:00Z'));
    expect(rows.map(({ dataset, ...counts }) => [dataset.name, counts])).toEqual([
      ['Case', { assigned: 5, submitted: 1, overdue: 0, active_ms: 300_000 }],
      ['Other', { assigned: 1, submitted: 0, overdue: 1, active_ms: 60_000 }],
    ]);
  });

  it('calls only open cases overdue', () => {
    const late = '2026-01-01T00:00:00Z';
    const now = new Date('2026-01-02T00:00:00Z');
    expect(isOverdue(assignment('a', 'draft', late), now)).toBe(true);
    expect(isOverdue(assignment('a', 'submitted', late), now)).toBe(false);
  });
});
