/** Which of the page's requests the service worker answers, and how. Pure. */

/** The files of one build. */
export interface Shell {
  /** Changes with any of them. */
  readonly version: string;
  /** Paths, without the page itself. */
  readonly files: readonly string[];
  /** The script that the page of this build names. */
  readonly entry: string;
}

/**
 * page: a navigation to any address of ours; the network first, without one the page of the build.
 * part: a file whose name carries its content's hash; the build's copy first.
 * file: another file of the build; the network first.
 * pass: everything else is the browser's own business, all answers of the API among it.
 */
export type Route = 'page' | 'part' | 'file' | 'pass';

/** Addresses below these are the server's, not the page's. */
const SERVERS = /^\/(api|_allauth|accounts|admin|static|ws|healthz)(\/|$)/;
const HASHED = /^\/assets\/.+-[0-9A-Za-z_-]{8}\.[a-z0-9]+$/;

interface Asked {
  readonly method: string;
  readonly mode: string;
  readonly url: string;
}

export function routeOf({ method, mode, url }: Asked, origin: string, shell: Shell): Route {
  const address = new URL(url);
  if (method !== 'GET' || address.origin !== origin) return 'pass';
  if (shell.files.includes(address.pathname)) return HASHED.test(address.pathname) ? 'part' : 'file';
  const isPage = mode === 'navigate' && !SERVERS.test(address.pathname) && !address.pathname.startsWith('/assets/');
  return isPage ? 'page' : 'pass';
}

const PREFIX = 'consilium-shell-';

export function shellCache({ version }: Shell): string {
  return PREFIX + version;
}

/** Caches of other builds. */
export function outdated(names: readonly string[], shell: Shell): string[] {
  return names.filter((name) => name.startsWith(PREFIX) && name !== shellCache(shell));
}
