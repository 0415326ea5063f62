import { expect, test } from 'vitest';

import { loginPath, safeNext } from './session';

test.each([
  ['/challenges/x?tab=data', '/challenges/x?tab=data'],
  [null, '/'],
  ['', '/'],
  ['https://elsewhere.example', '/'],
  ['//elsewhere.example', '/'],
  ['/\\elsewhere.example', '/'],
  ['javascript:alert(1)', '/'],
])('after login, %s leads to %s', (next, path) => expect(safeNext(next)).toBe(path));

test('the page that asked for a login is found again', () => {
  const next = new URL(loginPath('/submissions?state=scored'), 'http://here').searchParams.get('next');
  expect(safeNext(next)).toBe('/submissions?state=scored');
});
