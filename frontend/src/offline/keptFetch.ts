/**
 * `fetch`, and without a network what this device keeps. The server always goes first: its answer renews the copy,
 * its refusal deletes it.
 */
import { HOME_PLACE, type Place, placeOf } from './addresses';
import { type Copy, copyOf } from './files';
import { forgetCase, forgetPerson, tidied } from './kept';
import { keptPerson } from './person';
import { updateCase } from './registry';

/** A server that takes longer to begin an answer counts as away, where there is a copy. */
export const PATIENCE_MS = 5_000;
const AWAY: readonly number[] = [502, 503, 504];
const REFUSED: readonly number[] = [401, 403, 404];

export async function keptFetch(input: string | Request, init?: RequestInit): Promise<Response> {
  const person = keptPerson();
  const [address, method] = typeof input === 'string' ? [input, init?.method ?? 'GET'] : [input.url, input.method];
  const place = person === null || method !== 'GET' ? null : placeOf(address, globalThis.location.origin);
  if (person === null || place === null) return fetch(input, init);
  const asked = fetch(input, init);
  // It is waited for below; until then its failure is nobody's.
  asked.catch(() => undefined);
  await tidied();
  const copy = await copyOf(person, place, address).catch(() => null);
  return copy ? answerOrCopy(asked, copy, { person, place, address }) : asked;
}

interface Kept {
  readonly person: number;
  readonly place: Place;
  readonly address: string;
}

async function answerOrCopy(asked: Promise<Response>, copy: Copy, kept: Kept): Promise<Response> {
  const { response } = copy;
  let answer: Response;
  try {
    answer = await (response ? withPatience(asked) : asked);
  } catch (error) {
    if (response && !isAbort(error)) return response;
    throw error;
  }
  if (AWAY.includes(answer.status) && response) return response;
  if (REFUSED.includes(answer.status)) await forget(answer.status, kept);
  else if (answer.ok) renew(copy, answer, kept);
  return answer;
}

/** The session has ended, and with it everything that is kept; or the case is no longer this person's. */
async function forget(status: number, { person, place }: Kept): Promise<void> {
  if (status === 401) await forgetPerson(person);
  else if (place !== HOME_PLACE) await forgetCase(place);
}

function renew({ cache, response }: Copy, answer: Response, { place, address }: Kept): void {
  if (place !== HOME_PLACE) void updateCase(place, { checked_at_ms: Date.now() }).catch(() => undefined);
  // A file's ETag follows from its bytes; that of JSON need not.
  const isSame = response?.headers.get('etag') === answer.headers.get('etag') && !isJson(answer);
  if (!isSame) void cache.put(address, answer.clone()).catch(() => undefined);
}

function isJson(answer: Response): boolean {
  return answer.headers.get('content-type')?.includes('json') ?? false;
}

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

/** @throws TypeError, as `fetch` does without a network, when nothing comes in time. */
export async function withPatience<T>(work: Promise<T>, patience_ms = PATIENCE_MS): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TypeError('The server does not answer.')), patience_ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
