import { expect, test } from 'vitest';

import { outdated, type Route, routeOf, type Shell, shellCache } from './routes';

const ORIGIN = 'https://one.example';
const SHELL: Shell = {
  version: 'abc',
  files: ['/assets/index-DLEPGDrr.js', '/assets/plain.js', '/favicon.svg'],
  entry: '/assets/index-DLEPGDrr.js',
};

function routed(path: string, mode = 'cors', method = 'GET'): Route {
  return routeOf({ method, mode, url: new URL(path, ORIGIN).href }, ORIGIN, SHELL);
}

test('pages go to the network first, hashed parts to the copy, and nothing of the API is touched', () => {
  expect(routed('/rate/1/studio', 'navigate')).toBe('page');
  expect(routed('/', 'navigate')).toBe('page');
  expect(routed('/assets/index-DLEPGDrr.js')).toBe('part');
  expect(routed('/favicon.svg')).toBe('file');
  // Named by no hash: it may change under its name.
  expect(routed('/assets/plain.js')).toBe('file');
  for (const path of ['/api/v1/me/', '/api/v1/schema/', '/_allauth/browser/v1/config', '/admin/', '/healthz', '/ws/live/']) {
    expect(routed(path)).toBe('pass');
    expect(routed(path, 'navigate')).toBe('pass');
  }
});

test('what another build, another origin or another method asks for passes', () => {
  expect(routed('/assets/index-AAAAAAAA.js')).toBe('pass');
  expect(routed('/assets/index-AAAAAAAA.js', 'navigate')).toBe('pass');
  expect(routed('https://two.example/favicon.svg')).toBe('pass');
  expect(routed('/rate', 'navigate', 'POST')).toBe('pass');
  expect(routed('/rate', 'cors')).toBe('pass');
});

test('only shells of other builds are outdated, no kept case', () => {
  const names = [shellCache(SHELL), 'consilium-shell-old', 'consilium-kept/3/home', 'of-somebody-else'];
  expect(outdated(names, SHELL)).toEqual(['consilium-shell-old']);
});
