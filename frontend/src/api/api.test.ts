import { describe, expect, test } from 'vitest';

import { authProblem } from './auth';
import { csrfToken } from './csrf';
import { everyPage } from './pages';
import { asProblem, problemFrom } from './problem';
import { worthRetrying } from './queryClient';

describe('everyPage', () => {
  test('reads on until all is there', async () => {
    const rows = Array.from({ length: 2500 }, (_, index) => index);
    const asked: number[] = [];
    const all = await everyPage(({ limit, offset }) => {
      asked.push(offset);
      return Promise.resolve({ count: rows.length, results: rows.slice(offset, offset + limit) });
    });
    expect(all).toEqual(rows);
    expect(asked).toEqual([0, 1000, 2000]);
  });

  test('ends when rows have gone meanwhile', async () => {
    expect(await everyPage(() => Promise.resolve({ count: 5, results: [] }))).toEqual([]);
  });
});

test('the CSRF token is found among other cookies', () => {
  expect(csrfToken('theme=dark; csrftoken=abc%3D; other=1')).toBe('abc=');
  expect(csrfToken('mycsrftoken=no')).toBe('');
});

describe('problems', () => {
  test('the server’s sentence, code and fields are kept', () => {
    const problem = problemFrom(400, {
      code: 'invalid',
      detail: 'Some fields need another value.',
      errors: { name: ['Too long.', 'Taken.'], raters: [{ id: ['Unknown.'] }] },
    });
    expect(problem.code).toBe('invalid');
    expect(problem.fields).toEqual({ name: 'Too long. Taken.', raters: 'Unknown.' });
  });

  test('an answer that is no problem still gets a sentence', () => {
    expect(problemFrom(502, '<html>').code).toBe('unavailable');
    expect(problemFrom(500, undefined).message).toContain('500');
  });

  test('a server that does not answer is unreachable, and worth another try; a refusal is not', () => {
    const away = new TypeError('Failed to fetch');
    expect(asProblem(away).code).toBe('unreachable');
    expect(worthRetrying(0, away)).toBe(true);
    expect(worthRetrying(3, away)).toBe(false);
    expect(worthRetrying(0, problemFrom(403, { code: 'not_allowed', detail: 'No.' }))).toBe(false);
  });

  test('a login refusal names its field, or says it in general', () => {
    const refused = authProblem(400, { errors: [{ message: 'Taken.', code: 'username_taken', param: 'username' }] });
    expect(refused.fields).toEqual({ username: 'Taken.' });
    const general = authProblem(400, { errors: [{ message: 'Wrong password.', code: 'wrong' }] });
    expect([general.message, general.code]).toEqual(['Wrong password.', 'wrong']);
    expect(authProblem(429, { code: 'locked_out', detail: 'Wait.' }).message).toBe('Wait.');
  });
});
