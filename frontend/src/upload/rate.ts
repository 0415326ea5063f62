/** How fast it goes, from the last seconds' progress. Pure. */

export interface Sample {
  readonly at_ms: number;
  readonly sent_bytes: number;
}

const WINDOW_MS = 5000;

/** The samples of the window, with the new one. */
export function withSample(samples: readonly Sample[], next: Sample): Sample[] {
  return [...samples.filter(({ at_ms }) => next.at_ms - at_ms <= WINDOW_MS), next];
}

/** Bytes a second over the samples; null until there are two apart from each other. */
export function bytesPerSecond(samples: readonly Sample[]): number | null {
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last || last.at_ms - first.at_ms < 250) return null;
  return (1000 * (last.sent_bytes - first.sent_bytes)) / (last.at_ms - first.at_ms);
}
