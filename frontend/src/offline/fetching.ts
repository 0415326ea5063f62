/** Fetching what a case needs to open without a network. */
import { problemFrom } from '~/api/problem';

import { assignmentAddress, caseAddress, HOME_PLACE, homeAddresses } from './addresses';
import { cacheName } from './files';

interface CaseFiles {
  readonly images: readonly { readonly url: string }[];
}

/**
 * Everything but the annotation's log.
 *
 * @param onProgress told the part that is there, from 0 to 1.
 * @returns bytes of the images.
 * @throws ApiProblem when it is refused, TypeError without a network, DOMException where the device has no room.
 */
export async function fetchFiles(
  person: number,
  assignment: string,
  onProgress: (part: number) => void,
): Promise<number> {
  // Asked before a cache is opened, which makes it: who is refused leaves none behind.
  const [shared, own] = await Promise.all([
    Promise.all(homeAddresses(person).map(async (address) => ({ address, found: await answer(address) }))),
    answer(assignmentAddress(assignment)),
  ]);
  const home = await caches.open(cacheName(person, HOME_PLACE));
  await Promise.all(shared.map(({ address, found }) => home.put(address, found)));
  const cache = await caches.open(cacheName(person, assignment));
  await cache.put(assignmentAddress(assignment), own);
  const found = await answer(caseAddress(assignment));
  const { images } = (await found.clone().json()) as CaseFiles;
  await cache.put(caseAddress(assignment), found);
  let bytes = 0;
  for (const [index, { url }] of images.entries()) {
    bytes += await fetchImage(cache, url, (part) => onProgress((index + part) / images.length));
  }
  return bytes;
}

/** @returns its bytes. */
async function fetchImage(cache: Cache, url: string, onProgress: (part: number) => void): Promise<number> {
  const asked = await answer(url);
  const etag = asked.headers.get('etag');
  const kept = await cache.match(url);
  if (kept && etag !== null && kept.headers.get('etag') === etag) {
    await asked.body?.cancel();
    onProgress(1);
    return (await kept.blob()).size;
  }
  const blob = await counted(asked, onProgress).blob();
  await cache.put(url, new Response(blob, { headers: asked.headers }));
  onProgress(1);
  return blob.size;
}

function counted(asked: Response, onProgress: (part: number) => void): Response {
  const total = Number(asked.headers.get('content-length'));
  let loaded = 0;
  const count = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      loaded += chunk.byteLength;
      if (total > 0) onProgress(Math.min(1, loaded / total));
      controller.enqueue(chunk);
    },
  });
  return new Response(asked.body?.pipeThrough(count) ?? null);
}

async function answer(address: string): Promise<Response> {
  const response = await fetch(address, { credentials: 'same-origin' });
  if (response.ok) return response;
  throw problemFrom(response.status, await response.json().catch(() => null));
}
