/** Login, registration and passwords: django-allauth's headless operations for browsers. */
import { csrfToken } from './csrf';
import { ApiProblem, problemFrom } from './problem';

const BASE = '/_allauth/browser/v1';

interface FieldError {
  readonly message: string;
  readonly code: string;
  readonly param?: string;
}

export async function logIn(identifier: string, password: string): Promise<void> {
  const name = identifier.includes('@') ? { email: identifier } : { username: identifier };
  await send('POST', '/auth/login', { ...name, password });
}

export async function register(fields: { username: string; email: string; password: string }): Promise<void> {
  await send('POST', '/auth/signup', fields);
}

export async function logOut(): Promise<void> {
  await send('DELETE', '/auth/session');
}

export async function requestPasswordReset(email: string): Promise<void> {
  await send('POST', '/auth/password/request', { email });
}

export async function resetPassword(key: string, password: string): Promise<void> {
  await send('POST', '/auth/password/reset', { key, password });
}

export async function verifyEmail(key: string): Promise<void> {
  await send('POST', '/auth/email/verify', { key });
}

/** allauth answers 401 where the step succeeded and nobody is signed in (after a logout, a reset, a verification). */
async function send(method: 'POST' | 'DELETE', path: string, body?: object): Promise<void> {
  await ensureCsrfCookie();
  const response = await fetch(BASE + path, {
    method,
    credentials: 'same-origin',
    headers: { 'Content-Type': 'application/json', 'X-CSRFToken': csrfToken() },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok || (response.status === 401 && !hasErrors(answer))) return;
  throw authProblem(response.status, answer);
}

async function ensureCsrfCookie(): Promise<void> {
  if (!csrfToken()) await fetch(`${BASE}/config`, { credentials: 'same-origin' });
}

/** allauth's refusal as a problem: sentences with a field go to the field. */
export function authProblem(status: number, answer: unknown): ApiProblem {
  if (!hasErrors(answer)) return problemFrom(status, answer);
  const general = answer.errors.filter(({ param }) => !param).map(({ message }) => message);
  const fields = Object.fromEntries(
    answer.errors.flatMap(({ param, message }) => (param ? [[param, message] as const] : [])),
  );
  const sentence = general.join(' ') || 'Some fields need another value.';
  return new ApiProblem(status, answer.errors[0]?.code ?? 'refused', sentence, fields);
}

function hasErrors(answer: unknown): answer is { readonly errors: readonly FieldError[] } {
  return (
    typeof answer === 'object' && answer !== null && 'errors' in answer && Array.isArray(answer.errors) &&
    answer.errors.length > 0
  );
}
