/**
 * The app's files without a network. It keeps those of one build and answers navigations from the network as long as
 * there is one. It sees no answer of the API: what is kept of cases is the page's to keep (`~/offline`).
 */
import { outdated, routeOf, type Shell, shellCache } from './routes';

declare const self: ServiceWorkerGlobalScope;

// The build writes its files here (shellManifest.ts).
const SHELL = JSON.parse('%SHELL%') as Shell;
const PAGE = '/';
/** A server that takes longer to begin the page counts as away. */
const PATIENCE_MS = 5_000;
const AWAY: readonly number[] = [502, 503, 504];

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const route = routeOf(request, self.location.origin, SHELL);
  if (route === 'page') event.respondWith(networkFirst(request, PAGE));
  if (route === 'file') event.respondWith(networkFirst(request, request.url));
  if (route === 'part') event.respondWith(copyFirst(request));
});

async function install(): Promise<void> {
  const cache = await caches.open(shellCache(SHELL));
  const page = await fetch(PAGE, { cache: 'no-store', credentials: 'same-origin' });
  // While a new build is put in place the page may be of another one: then later.
  if (!page.ok || !(await page.clone().text()).includes(SHELL.entry)) throw new Error('The page is of another build.');
  await Promise.all([cache.put(PAGE, page), cache.addAll(SHELL.files)]);
  // At once: a tab of an older build finds its parts on the server no more either.
  await self.skipWaiting();
}

async function activate(): Promise<void> {
  const old = outdated(await caches.keys(), SHELL);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function networkFirst(request: Request, kept: string): Promise<Response> {
  const copy = async () => (await caches.open(shellCache(SHELL))).match(kept);
  try {
    const answer = await Promise.race([fetch(request), timeout()]);
    return AWAY.includes(answer.status) ? ((await copy()) ?? answer) : answer;
  } catch (error) {
    const found = await copy();
    if (found) return found;
    throw error;
  }
}

async function copyFirst(request: Request): Promise<Response> {
  const cache = await caches.open(shellCache(SHELL));
  return (await cache.match(request, { ignoreVary: true })) ?? fetch(request);
}

function timeout(): Promise<never> {
  return new Promise((_, reject) => setTimeout(() => reject(new TypeError('The server does not answer.')), PATIENCE_MS));
}
