/** Where a score's axis begins: a tenth below the lowest, so that small differences are seen; 0 without scores. */
export function lowerBound(scores: readonly number[]): number {
  if (scores.length === 0) return 0;
  return Math.max(0, Math.min(0.9, Math.floor((Math.min(...scores) - 0.02) * 10 + 1e-9) / 10));
}
