/** Agreement of raters over cases, from what each consensus version carries. Pure. */
import type { CaseConsensus } from '../queries';

export interface Pair {
  readonly first: string;
  readonly second: string;
  /** Mean over the cases that both are in. */
  readonly dice: number;
  readonly cases: number;
}

export interface LeftOut {
  readonly rater: string;
  readonly caseName: string;
  readonly caseId: string;
  readonly region: string;
  readonly dice: number;
}

/** What a rater is called here: their alias, else their name. */
export type NameOf = (rater: { readonly id: number; readonly name: string }) => string;

/** Both halves of the matrix for one region: each pair twice, nobody with themselves. */
export function pairMatrix(rows: readonly CaseConsensus[], region: string, nameOf: NameOf): Pair[] {
  const sums = new Map<string, { first: string; second: string; sum: number; cases: number }>();
  for (const { head } of rows) {
    if (!head) continue;
    const names = new Map(head.provenance.raters.map((rater) => [rater.id, nameOf(rater)]));
    for (const { first, second, dice } of head.provenance.agreement.pairs) {
      const value = dice[region];
      const one = names.get(first);
      const other = names.get(second);
      if (value == null || one === undefined || other === undefined) continue;
      for (const [a, b] of [[one, other], [other, one]] as const) {
        const key = JSON.stringify([a, b]);
        const known = sums.get(key) ?? { first: a, second: b, sum: 0, cases: 0 };
        sums.set(key, { ...known, sum: known.sum + value, cases: known.cases + 1 });
      }
    }
  }
  return [...sums.values()].map(({ first, second, sum, cases }) => ({ first, second, dice: sum / cases, cases }));
}

/** Every rater's score against the fusion of the others, case by case and region by region. */
export function leftOutPoints(rows: readonly CaseConsensus[], regions: readonly string[], nameOf: NameOf): LeftOut[] {
  return rows.flatMap(({ case: found, head }) =>
    (head?.provenance.leave_one_out ?? []).flatMap(({ rater, dice }) =>
      regions.flatMap((region) => {
        const value = dice[region];
        return value == null
          ? []
          : [{ rater: nameOf(rater), caseName: found.name, caseId: found.id, region, dice: value }];
      }),
    ),
  );
}

/** Where the axis begins: a round tenth below the lowest value, at most 0.9. */
export function axisStart(values: readonly number[]): number {
  const below = Math.floor(Math.min(...values) * 10 - 1e-9) / 10;
  return Math.max(0, Math.min(0.9, below));
}

export type CaseState = 'fused' | 'refused' | 'ready' | 'waiting';

/** What there is to do about a case. A refusal is of the latest try, whatever head there was before. */
export function stateOf({ head, refusal, annotation }: CaseConsensus): CaseState {
  if (refusal) return 'refused';
  if (head) return 'fused';
  return annotation.submitted >= annotation.required ? 'ready' : 'waiting';
}
