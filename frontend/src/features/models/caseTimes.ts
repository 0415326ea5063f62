/** Seconds of each case of a run, part by part, as a plot shows them. Pure. */
import type { RunCase } from './queries';

/** In the order in which they happen; a worker may name others, which come after. */
const PARTS = ['read', 'prepare', 'compute', 'finish', 'write'];

export interface TimePiece {
  readonly number: number;
  readonly part: string;
  readonly seconds: number;
}

export interface CaseTimes {
  readonly parts: readonly string[];
  readonly pieces: readonly TimePiece[];
  /** Median over the cases that are done, of their sums; null where none is. */
  readonly median_s: number | null;
}

export function caseTimes(cases: readonly Pick<RunCase, 'number' | 'seconds'>[]): CaseTimes {
  const timed = cases.filter(({ seconds }) => Object.keys(seconds).length > 0);
  const found = new Set(timed.flatMap(({ seconds }) => Object.keys(seconds)));
  const parts = [...PARTS.filter((part) => found.has(part)), ...[...found].filter((part) => !PARTS.includes(part)).sort()];
  const pieces = timed.flatMap(({ number, seconds }) =>
    parts.flatMap((part) => (seconds[part] === undefined ? [] : [{ number, part, seconds: seconds[part] }])),
  );
  return { parts, pieces, median_s: median(timed.map(total_s)) };
}

export function total_s({ seconds }: Pick<RunCase, 'seconds'>): number {
  return Object.values(seconds).reduce((sum, value) => sum + value, 0);
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? 0;
  return Number.isInteger(middle) ? (upper + (sorted[middle - 1] ?? upper)) / 2 : upper;
}
