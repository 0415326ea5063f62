/** How far a phase's submissions are scored, as parts of a bar. Pure. */
import type { PhaseScoring } from '~/api/types';

type Counts = PhaseScoring['evaluations'];
export type ScoringKind = keyof Counts;

export interface ScoringPart {
  readonly kind: ScoringKind;
  readonly count: number;
  readonly percent: number;
}

/** From done to not done. */
const ORDER: readonly ScoringKind[] = ['current', 'scoring', 'older', 'failed'];

/** Those that occur. */
export function scoringParts(counts: Counts): ScoringPart[] {
  const total = ORDER.reduce((sum, kind) => sum + counts[kind], 0);
  return ORDER.filter((kind) => counts[kind] > 0).map((kind) => ({
    kind,
    count: counts[kind],
    percent: (100 * counts[kind]) / total,
  }));
}

/** How many rescoring would begin anew. */
export function toRescore({ older, failed }: Counts): number {
  return older + failed;
}
