import 'fake-indexeddb/auto';

import { beforeEach, expect, test, vi } from 'vitest';

import { assignmentAddress, caseAddress, placeOf } from './addresses';
import { cacheName } from './files';
import { casesOf, forgetPerson, settlePerson } from './kept';
import { keptFetch, PATIENCE_MS } from './keptFetch';
import { putCase, putLog, readLog } from './registry';
import { MemoryCaches, memoryStorage } from './testCaches';

const ORIGIN = 'https://one.example';
const ID = '0192d5c4-1111-7000-8000-000000000001';
const OTHER_ID = '0192d5c4-1111-7000-8000-000000000002';
const IMAGE = `${assignmentAddress(ID)}images/t1/`;
const ME = 7;

let caches: MemoryCaches;
let network: (address: string) => Promise<Response>;

beforeEach(async () => {
  caches = new MemoryCaches();
  vi.stubGlobal('caches', caches);
  vi.stubGlobal('localStorage', memoryStorage());
  vi.stubGlobal('location', { origin: ORIGIN });
  vi.stubGlobal('fetch', (input: string) => network(input));
  network = () => Promise.reject(new TypeError('Failed to fetch'));
  await settlePerson(ME);
  await keep(ID, ME);
});

async function keep(assignment: string, person: number): Promise<void> {
  const cache = await caches.open(cacheName(person, assignment));
  await cache.put(assignmentAddress(assignment), json({ kept: true }));
  await cache.put(`${assignmentAddress(assignment)}images/t1/`, file('old', '"1"'));
  const now = Date.now();
  await putCase({ assignment, annotation: `of-${assignment}`, person, name: 'A', bytes: 3, opened_at_ms: now, checked_at_ms: now, isWhole: true });
  await putLog({ annotation: `of-${assignment}`, head: 0, number: 0, file: new Uint8Array(2) }, []);
}

const json = (body: object) => Response.json(body);
const file = (body: string, etag: string) => new Response(body, { headers: { etag, 'content-type': 'application/gzip' } });
const answers = (status: number, body = '{}') => () => Promise.resolve(new Response(body, { status }));

test('only what the studio and the queue need to open is ever kept', () => {
  const place = (path: string) => placeOf(path, ORIGIN);
  expect(place('/api/v1/me/')).toBe('home');
  expect(place('/api/v1/assignments/?rater=7&limit=1000')).toBe('home');
  expect([assignmentAddress(ID), caseAddress(ID), IMAGE].map(place)).toEqual([ID, ID, ID]);
  for (const path of ['/api/v1/assignments/', '/api/v1/cases/', '/api/v1/tokens/', `${assignmentAddress(ID)}other/`, `${IMAGE}?x=1`]) {
    expect(place(path)).toBeNull();
  }
  expect(place(`https://two.example${IMAGE}`)).toBeNull();
});

test('without a network, or a server behind the proxy, the copy answers; what is not kept fails as ever', async () => {
  expect(await (await keptFetch(IMAGE)).text()).toBe('old');
  network = answers(503);
  expect(await (await keptFetch(IMAGE)).text()).toBe('old');
  network = () => Promise.reject(new TypeError('Failed to fetch'));
  await expect(keptFetch(caseAddress(ID))).rejects.toThrow(TypeError);
  await expect(keptFetch('/api/v1/challenges/')).rejects.toThrow(TypeError);
  await expect(keptFetch(IMAGE, { method: 'POST' })).rejects.toThrow(TypeError);
});

test('a server that does not answer in time counts as away', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  network = () => new Promise(() => undefined);
  const asked = keptFetch(IMAGE);
  // IndexedDB's own timers run first.
  await vi.advanceTimersByTimeAsync(2 * PATIENCE_MS);
  expect(await (await asked).text()).toBe('old');
  vi.useRealTimers();
});

test('the server goes first, and its answer renews the copy', async () => {
  network = () => Promise.resolve(file('new', '"2"'));
  expect(await (await keptFetch(IMAGE)).text()).toBe('new');
  network = () => Promise.resolve(json({ kept: false }));
  expect(await (await keptFetch(assignmentAddress(ID))).json()).toEqual({ kept: false });
  network = () => Promise.reject(new TypeError('Failed to fetch'));
  expect(await (await keptFetch(IMAGE)).text()).toBe('new');
  expect(await (await keptFetch(assignmentAddress(ID))).json()).toEqual({ kept: false });
});

test.each([403, 404])('a case that is answered with %i leaves the device, and no other', async (status) => {
  await keep(OTHER_ID, ME);
  network = answers(status);
  expect((await keptFetch(IMAGE)).status).toBe(status);
  expect([...caches.all.keys()]).toEqual([cacheName(ME, OTHER_ID)]);
  expect((await casesOf(ME)).map(({ assignment }) => assignment)).toEqual([OTHER_ID]);
  expect(await readLog(`of-${ID}`)).toBeNull();
  expect(await readLog(`of-${OTHER_ID}`)).not.toBeNull();
});

test('with the session everything that is kept ends', async () => {
  await keep(OTHER_ID, ME);
  network = answers(401);
  await keptFetch(IMAGE);
  expect(caches.all.size).toBe(0);
  expect(await casesOf(ME)).toEqual([]);
});

test('somebody else who signs in sees nothing of it, nor does anybody after logging out', async () => {
  await settlePerson(8);
  expect(caches.all.size).toBe(0);
  expect(await casesOf(ME)).toEqual([]);
  await keep(ID, 8);
  await forgetPerson(8);
  await settlePerson(null);
  expect(caches.all.size).toBe(0);
  await expect(keptFetch(IMAGE)).rejects.toThrow(TypeError);
});

test('a browser that has no Cache Storage, or refuses its storage, asks the network alone', async () => {
  vi.stubGlobal('caches', undefined);
  network = answers(200, 'from the network');
  expect(await (await keptFetch(IMAGE)).text()).toBe('from the network');
  vi.stubGlobal('localStorage', { getItem: () => { throw new DOMException('refused'); } });
  expect(await (await keptFetch(IMAGE)).text()).toBe('from the network');
});
