/** The typed client of `/api/v1/`: the session's cookie, the CSRF header, and problems as exceptions. */
import createClient from 'openapi-fetch';

import { keptFetch } from '~/offline/keptFetch';

import { csrfToken } from './csrf';
import { problemFrom } from './problem';
import type { paths } from './schema';

export const api = createClient<paths>({ credentials: 'same-origin', fetch: (request) => keptFetch(request) });

api.use({
  onRequest({ request }) {
    if (request.method !== 'GET') request.headers.set('X-CSRFToken', csrfToken());
    return request;
  },
});

interface Answer<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/**
 * The body of a good answer; throws `ApiProblem` for any other, `TypeError` where no server answered.
 * Never text: an endpoint that also offers CSV is asked for JSON.
 */
export async function answered<T>(call: Promise<Answer<T>>): Promise<Exclude<T, string>> {
  const { data, error, response } = await call;
  if (!response.ok) throw problemFrom(response.status, error);
  return data as Exclude<T, string>;
}
