/** Order and choice of findings. Pure. */

export type Severity = 'error' | 'warning' | 'info';

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info'];

interface Severe {
  readonly severity: Severity;
}

/** How many of each severity, the worst first; those that do not occur are left out. */
export function severityCounts(findings: readonly Severe[]): [Severity, number][] {
  return SEVERITIES.map((severity): [Severity, number] => [
    severity,
    findings.filter((finding) => finding.severity === severity).length,
  ]).filter(([, count]) => count > 0);
}

/** The worst first, within a severity in their order; only one severity where it is named. */
export function chosenFindings<F extends Severe>(findings: readonly F[], only: Severity | null): F[] {
  return SEVERITIES.filter((severity) => only === null || severity === only).flatMap((severity) =>
    findings.filter((finding) => finding.severity === severity),
  );
}
