/** Answers kept in Cache Storage: one cache for each person and case, so that each goes at once and whole. */
import { HOME_PLACE, type Place } from './addresses';

const PREFIX = 'consilium-kept/';

export function cacheName(person: number, place: Place): string {
  return `${PREFIX}${person}/${place}`;
}

/** Whose cache it is, and of what; null for caches of others. */
export function ownerOf(name: string): { readonly person: number; readonly place: Place } | null {
  const [person = '', place] = name.startsWith(PREFIX) ? name.slice(PREFIX.length).split('/') : [];
  return place === undefined ? null : { person: Number(person), place };
}

/** Kept answers need a secure address (HTTPS, or this very machine). */
export function hasCaches(): boolean {
  return 'caches' in globalThis;
}

/** Delete the caches of which `isDue` says so. */
export async function dropCaches(isDue: (owner: { readonly person: number; readonly place: Place }) => boolean): Promise<void> {
  if (!hasCaches()) return;
  const names = await caches.keys();
  await Promise.all(
    names.map((name) => {
      const owner = ownerOf(name);
      return owner && isDue(owner) ? caches.delete(name) : Promise.resolve(false);
    }),
  );
}

/** What is kept for an address. What every case needs may be kept before there is any, as soon as its cache is. */
export async function copyOf(person: number, place: Place, address: string): Promise<Copy | null> {
  const name = cacheName(person, place);
  if (!hasCaches() || !(await caches.has(name))) return null;
  const cache = await caches.open(name);
  const response = (await cache.match(address)) ?? null;
  return response || place === HOME_PLACE ? { cache, response } : null;
}

export interface Copy {
  readonly cache: Cache;
  readonly response: Response | null;
}
