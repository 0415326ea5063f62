/** Agreement of raters over cases, from the dataset's summary. Pure. */
import { formatScore } from '~/format';

import type { CaseConsensus, DatasetAgreement } from '../queries';

/** The method of a version that experts have signed. */
const ADJUDICATED = 'adjudicated';

export type PairMeasure = 'dice' | 'kappa';

export interface Pair {
  readonly first: string;
  readonly second: string;
  /** Mean over the cases that both are in. */
  readonly value: number;
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

/** What the raters of a summary are called, by user id. */
export function raterNames({ raters }: DatasetAgreement, nameOf: NameOf): ReadonlyMap<number, string> {
  return new Map(raters.map(({ rater }) => [rater.id, nameOf(rater)]));
}

/** Both halves of the matrix for one region: each pair twice, nobody with themselves. */
export function pairMatrix(
  { pairs }: DatasetAgreement,
  measure: PairMeasure,
  region: string,
  names: ReadonlyMap<number, string>,
): Pair[] {
  return pairs.flatMap((pair) => {
    const one = names.get(pair.first);
    const other = names.get(pair.second);
    const mean = pair[measure][region];
    if (one === undefined || other === undefined || mean?.value == null) return [];
    const { value, cases } = mean;
    return [
      { first: one, second: other, value, cases },
      { first: other, second: one, value, cases },
    ];
  });
}

/** Every rater's score against the fusion of the others, case by case and region by region. */
export function leftOutPoints(
  { cases }: DatasetAgreement,
  regions: readonly string[],
  names: ReadonlyMap<number, string>,
): LeftOut[] {
  return cases.flatMap(({ id, name: caseName, raters }) =>
    raters.flatMap(({ rater, leave_one_out_dice: scores }) =>
      regions.flatMap((region) => {
        const dice = scores?.[region];
        const name = names.get(rater);
        return dice == null || name === undefined ? [] : [{ rater: name, caseName, caseId: id, region, dice }];
      }),
    ),
  );
}

const COLLATOR = new Intl.Collator('en', { numeric: true });

/** Each name once, "Rater 2" before "Rater 10". */
export function inOrder(names: readonly string[]): string[] {
  return [...new Set(names)].sort(COLLATOR.compare);
}

/** Room for these names beside a drawing, in px; the longest are cut. */
export function marginOf(names: readonly string[]): number {
  return Math.min(130, 14 + 7 * Math.max(4, ...names.map(({ length }) => length)));
}

/** A kappa as a figure; it may lie below 0, where raters agree less than by chance. */
export function formatKappa(value: number | null | undefined): string {
  return value != null && value <= -0.0005 ? `−${formatScore(-value)}` : formatScore(value && Math.max(0, value));
}

export type CaseState = 'fused' | 'adjudicated' | 'refused' | 'ready' | 'waiting';

/** What there is to do about a case. A refusal is of the latest try, whatever head there was before. */
export function stateOf({ head, refusal, annotation }: CaseConsensus): CaseState {
  if (refusal) return 'refused';
  if (head) return head.method === ADJUDICATED ? 'adjudicated' : 'fused';
  return annotation.submitted >= annotation.required ? 'ready' : 'waiting';
}

/** How many cases have enough raters to be fused anew, and no head that experts have signed. */
export function fusible(rows: readonly CaseConsensus[]): number {
  const isReady = ({ annotation }: CaseConsensus) => annotation.submitted > 0 && annotation.submitted >= annotation.required;
  return rows.filter((row) => isReady(row) && row.head?.method !== ADJUDICATED).length;
}
