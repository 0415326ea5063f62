/** Findings filtered and counted. Pure. */
import type { Finding, Severity } from '~/api/types';

export interface FindingsFilter {
  readonly severity: Severity | 'all';
  readonly words: string;
}

const WEIGHT: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** The gravest first; within one severity as the server orders them. Every word must be found somewhere. */
export function filterFindings(findings: readonly Finding[], { severity, words }: FindingsFilter): Finding[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return findings
    .filter((finding) => severity === 'all' || finding.severity === severity)
    .filter((finding) => {
      const said = [finding.file, finding.case, finding.code, finding.sentence, finding.remedy].join(' ').toLowerCase();
      return wanted.every((word) => said.includes(word));
    })
    .sort((a, b) => WEIGHT[a.severity] - WEIGHT[b.severity]);
}

/** The severities that occur, gravest first, with how often. */
export function severityCounts(findings: readonly Finding[]): [Severity, number][] {
  return (Object.keys(WEIGHT) as Severity[])
    .map((severity): [Severity, number] => [severity, findings.filter((one) => one.severity === severity).length])
    .filter(([, count]) => count > 0);
}
