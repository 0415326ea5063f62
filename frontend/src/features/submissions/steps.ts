/** A submission's way, as steps to draw. Pure. */
import type { Submission } from '~/api/types';
import { assertNever } from '~/assertNever';

export type StepKey = 'received' | 'checked' | 'accepted' | 'scored';
export type StepState = 'done' | 'now' | 'waiting' | 'stopped';

export interface Step {
  readonly key: StepKey;
  readonly state: StepState;
}

const ORDER: readonly StepKey[] = ['received', 'checked', 'accepted', 'scored'];

type Subject = Pick<Submission, 'status' | 'evaluations' | 'progress'>;

export function stepsOf(submission: Subject): Step[] {
  const [at, state] = position(submission);
  return ORDER.map((key, index) => ({ key, state: index < at ? 'done' : index === at ? state : 'waiting' }));
}

/** The index of the step that it is at, and how it fares there. */
function position({ status, evaluations, progress }: Subject): [number, StepState] {
  switch (status) {
    case 'computing':
    case 'received':
      return [0, 'now'];
    case 'validating':
      return [1, 'now'];
    case 'rejected':
      return [1, 'stopped'];
    case 'accepted':
      return [2, 'now'];
    case 'scoring':
      return [3, 'now'];
    case 'scored':
      return [ORDER.length, 'done'];
    case 'failed':
      return [progress.total > 0 ? 3 : 1, 'stopped'];
    case 'withdrawn':
      return evaluations.length > 0 ? [ORDER.length, 'done'] : [2, 'stopped'];
    default:
      return assertNever(status);
  }
}

/** Something will still happen to it without anyone's doing. */
export function isUnderWay({ status, is_rescoring }: Pick<Submission, 'status' | 'is_rescoring'>): boolean {
  return ['computing', 'received', 'validating', 'accepted', 'scoring'].includes(status) || is_rescoring;
}
