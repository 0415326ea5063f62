/** What is asked of another fusion. Pure. */
import { readParameters, type Typed } from '../organizer/consensus/parameters';
import type { FusionMethod, WhatIf } from './queries';

export interface Tried {
  readonly method: string;
  /** As typed, for every method that was looked at. */
  readonly typed: Readonly<Record<string, Typed>>;
  /** Of the raters' votes; 1 where absent. */
  readonly weights: Readonly<Record<string, number>>;
  readonly leftOut: ReadonlySet<string>;
}

/** The question, or null where it is none: a parameter that cannot be read, or nobody left. */
export function questionOf(tried: Tried, method: FusionMethod, typed: Typed, raters: readonly string[]): WhatIf | null {
  const parameters = readParameters(method, typed);
  const kept = raters.filter((key) => !tried.leftOut.has(key));
  if (!parameters || kept.length === 0) return null;
  const weights = Object.fromEntries(kept.map((key) => [key, tried.weights[key] ?? 1]));
  const isWeighted = Object.values(weights).some((weight) => weight !== 1);
  return {
    method: tried.method,
    parameters,
    ...(isWeighted && { weights }),
    ...(tried.leftOut.size > 0 && { left_out: [...tried.leftOut] }),
  };
}
