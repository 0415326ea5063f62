/** The long table of scores, turned: one row per case. Pure. */
import type { Region, Score } from '~/api/types';

export interface CaseScores {
  readonly id: string;
  readonly name: string;
  /** By region; null where the metric is not defined, absent where it was not scored. */
  readonly values: Readonly<Record<string, number | null>>;
  /** Over the regions with a value; null without any. */
  readonly mean: number | null;
}

/** One metric against the whole consensus; the leave-one-out rows are for the comparison. */
export function caseScores(scores: readonly Score[], metric: string, regions: readonly Pick<Region, 'key'>[]): CaseScores[] {
  const cases = new Map<string, { name: string; values: Record<string, number | null> }>();
  for (const score of scores) {
    if (score.metric !== metric || score.left_out !== null) continue;
    const row = cases.get(score.case.id) ?? { name: score.case.name, values: {} };
    row.values[score.region] = score.value;
    cases.set(score.case.id, row);
  }
  const keys = regions.map(({ key }) => key);
  return [...cases].map(([id, { name, values }]) => ({ id, name, values, mean: meanOf(keys.map((key) => values[key])) }));
}

/** Whether any value is not defined. */
export function hasMissing(cases: readonly CaseScores[]): boolean {
  return cases.some(({ values }) => Object.values(values).includes(null));
}

function meanOf(values: readonly (number | null | undefined)[]): number | null {
  const present = values.filter((value) => value != null);
  return present.length === 0 ? null : present.reduce((sum, value) => sum + value, 0) / present.length;
}
