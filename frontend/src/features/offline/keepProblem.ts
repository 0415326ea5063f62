import { asProblem } from '~/api/problem';

import { text } from './text';

/** Why a case could not be kept, as a sentence. */
export function keepProblem(error: unknown): string {
  const isFull = error instanceof DOMException && error.name === 'QuotaExceededError';
  return isFull ? text.noRoom : asProblem(error).message;
}
