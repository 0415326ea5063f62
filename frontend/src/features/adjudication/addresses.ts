/** Where an adjudication's files lie. */
export const FUSED = 'fused';

export function adjudicationUrl(id: string, part: string): string {
  return `/api/v1/adjudications/${id}/${part}`;
}

/** A rater's key, `fused`, `regions` or `entropy`. */
export function sourceUrl(id: string, key: string): string {
  return adjudicationUrl(id, `sources/${key}/`);
}

/** It says who painted what up to an edit; the number only tells one state from another. */
export function provenanceUrl(id: string, head: number): string {
  return adjudicationUrl(id, `provenance/?head=${head}`);
}

/** The page for organizers. */
export function consolePath(id: string): string {
  return `/console/adjudications/${id}`;
}

/** The same for invited experts. */
export function expertPath(id: string): string {
  return `/rate/adjudications/${id}`;
}
