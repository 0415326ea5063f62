import { useEffect } from 'react';

import { forgetCase } from '~/offline';

import { isOpen } from '../rater/queue';
import type { Assignment } from '../rater/queries';
import { keepShell } from './shell';
import { useKeptCases } from './useKept';

/** On the rater's home: cases that were handed in, or are no longer this person's, leave the device. */
export function useLeavingCases(person: number, assignments: readonly Assignment[] | undefined): void {
  const kept = useKeptCases(person);
  useEffect(() => {
    if (!assignments || !kept) return;
    const stay = new Set(assignments.filter(isOpen).map(({ id }) => id));
    for (const { assignment } of kept) if (!stay.has(assignment)) void forgetCase(assignment).catch(() => undefined);
    if (kept.length > 0) void keepShell().catch(() => undefined);
  }, [assignments, kept]);
}
