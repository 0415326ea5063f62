/** A picture that the server draws when it is first asked for: 202 and when to ask again, until it is there. */
import { problemFrom } from '~/api/problem';

export interface DrawnPicture {
  readonly ready: boolean;
  /** When to ask again, in ms. */
  readonly retry_ms: number;
}

const USUAL_RETRY_S = 2;
const LONGEST_RETRY_S = 30;

/** Throws `ApiProblem` where the server refuses. */
export async function askForPicture(address: string): Promise<DrawnPicture> {
  const answer = await fetch(address, { credentials: 'same-origin' });
  if (!answer.ok) throw problemFrom(answer.status, await answer.json().catch(() => null));
  return { ready: answer.status !== 202, retry_ms: retryAfter_ms(answer.headers.get('Retry-After')) };
}

/** The header's seconds, bounded; it may be absent. */
export function retryAfter_ms(header: string | null): number {
  const seconds = Number(header ?? USUAL_RETRY_S);
  return 1000 * (seconds > 0 ? Math.min(seconds, LONGEST_RETRY_S) : USUAL_RETRY_S);
}
