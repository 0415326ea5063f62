/** What is offered to start from, by case, and what its raters made of it. Pure. */
import type { Assignment } from '../queries';

export interface OfferedCase {
  readonly caseId: string;
  readonly caseName: string;
  /** Whose labelmaps, in words; several where raters were offered different ones. */
  readonly sources: readonly string[];
  /** Raters' names, who have not begun: from them it can be taken back. */
  readonly waiting: readonly string[];
  /** Who started from it. */
  readonly began: readonly string[];
  /** Who began with nothing instead. */
  readonly alone: readonly string[];
}

/** Cases with an offer, in the order of the assignments. */
export function offeredCases(assignments: readonly Assignment[]): OfferedCase[] {
  const byCase = new Map<string, Assignment[]>();
  for (const one of assignments) {
    if (one.case.id === null || !one.pre_annotation_source) continue;
    byCase.set(one.case.id, [...(byCase.get(one.case.id) ?? []), one]);
  }
  return [...byCase].map(([caseId, offered]) => ({
    caseId,
    caseName: offered[0]?.case.name ?? '',
    sources: [...new Set(offered.map(({ pre_annotation_source }) => pre_annotation_source))],
    waiting: namesOf(offered, ({ annotation }) => annotation.head === 0),
    began: namesOf(offered, ({ annotation }) => annotation.began_from !== ''),
    alone: namesOf(offered, ({ annotation }) => annotation.head > 0 && annotation.began_from === ''),
  }));
}

function namesOf(assignments: readonly Assignment[], of: (one: Assignment) => boolean): string[] {
  return assignments.filter(of).map(({ rater }) => rater.name);
}
