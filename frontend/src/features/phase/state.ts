/** Where a phase is in its time, and what that means for one who would submit. Pure. */
import type { Phase } from '~/api/types';

export type PhaseState = 'upcoming' | 'open' | 'closed';

export function phaseState(phase: Pick<Phase, 'is_open' | 'opens_at'>, now: Date): PhaseState {
  if (phase.is_open) return 'open';
  return phase.opens_at && new Date(phase.opens_at) > now ? 'upcoming' : 'closed';
}

/** The phase that a reader means when they name none: the first open one, else the latest that was, else the first. */
export function defaultPhase<P extends Pick<Phase, 'is_open' | 'opens_at'>>(phases: readonly P[], now: Date): P | null {
  return (
    phases.find((phase) => phase.is_open) ??
    phases.findLast((phase) => phaseState(phase, now) === 'closed') ??
    phases[0] ??
    null
  );
}

export type Barrier = 'login' | 'join' | 'role' | 'upcoming' | 'closed' | 'today' | 'total';

interface Reader {
  readonly signedIn: boolean;
  readonly role: string | null;
}

/** What keeps this person from submitting now, the first thing first; null where nothing does. */
export function submissionBarrier(phase: Phase, reader: Reader, now: Date): Barrier | null {
  if (!reader.signedIn) return 'login';
  if (reader.role === null) return 'join';
  if (reader.role !== 'participant') return 'role';
  const state = phaseState(phase, now);
  if (state !== 'open') return state;
  if (phase.attempts && phase.attempts.left_total <= 0) return 'total';
  if (phase.attempts && phase.attempts.left_today <= 0) return 'today';
  return null;
}
