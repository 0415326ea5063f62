import type { Challenge, Phase } from '~/api/types';

/** A tab that speaks of one phase; null where the challenge has none. */
export interface PhaseTabProps {
  readonly challenge: Challenge;
  readonly phases: readonly Phase[];
  readonly phase: Phase | null;
  readonly onPhase: (phase: Phase) => void;
}
