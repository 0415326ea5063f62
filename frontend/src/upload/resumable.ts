/** How a file goes up: tus 1.0 in chunks, found again after a reload by who sends which file for what. */
import type { DetailedError, UploadOptions } from 'tus-js-client';

import type { components } from '~/api/schema';
import { csrfToken } from '~/api/csrf';
import { type ApiProblem, asProblem, problemFrom } from '~/api/problem';

export type Purpose = components['schemas']['PurposeEnum'];

export interface UploadTarget {
  readonly purpose: Purpose;
  /** What the file is for, such as a phase's id: the same file for another target is another upload. */
  readonly target: string;
  readonly userId: number;
}

type FileFacts = Pick<File, 'name' | 'size' | 'lastModified'>;

/** Under ASGI a broken chunk is lost whole, so chunks are small enough to send again. */
export const CHUNK_BYTES = 8 * 1024 * 1024;
const RETRY_DELAYS_MS = [0, 1000, 3000, 5000, 10_000, 20_000];
const TOO_MANY_REQUESTS = 429;
const WORTH_RETRYING = [409, 423, TOO_MANY_REQUESTS];

/** Two files with this in common are taken for the same. */
export function fingerprintOf({ name, size, lastModified }: FileFacts, { purpose, target, userId }: UploadTarget): string {
  return ['consilium', userId, purpose, target, name, size, lastModified].join('|');
}

/** The part of the fingerprints that all files for a target share. */
export function targetPrefix({ purpose, target, userId }: UploadTarget): string {
  return ['consilium', userId, purpose, target, ''].join('|');
}

/** A refusal stays one; a server that is away, busy or holds the upload locked is asked again. */
export function isWorthRetrying(status: number | undefined): boolean {
  return !status || status < 400 || status >= 500 || WORTH_RETRYING.includes(status);
}

export function uploadOptions(file: FileFacts, target: UploadTarget, origin: string): UploadOptions {
  const fingerprint = fingerprintOf(file, target);
  return {
    endpoint: `${origin}/api/v1/uploads/`,
    chunkSize: CHUNK_BYTES,
    retryDelays: RETRY_DELAYS_MS,
    metadata: { filename: file.name, purpose: target.purpose },
    fingerprint: () => Promise.resolve(fingerprint),
    storeFingerprintForResuming: true,
    // Kept until the file is handed in: a page reloaded after the last byte finds the whole upload.
    removeFingerprintOnSuccess: false,
    onBeforeRequest: (request) => request.setHeader('X-CSRFToken', csrfToken()),
    onShouldRetry: (error) => isWorthRetrying(error.originalResponse?.getStatus()),
  };
}

/** The upload's id, from its address. */
export function uploadIdOf(url: string): string {
  return url.split('?')[0]?.split('/').filter(Boolean).at(-1) ?? '';
}

/** What the server said, or that it cannot be reached. */
export function uploadProblem(error: Error | DetailedError): ApiProblem {
  const response = 'originalResponse' in error ? error.originalResponse : null;
  if (!response) return asProblem(new TypeError(error.message));
  return problemFrom(response.getStatus(), parsed(response.getBody()));
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
