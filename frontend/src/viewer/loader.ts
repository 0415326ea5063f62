/** Files of a case: fetched with progress, decoded, kept by URL. */
import { keptFetch } from '~/offline/keptFetch';

import { NiftiError } from './core/nifti';
import { LabelmapError, toLabelmap, type Volume } from './core/volume';
import { type DecodeJob, decodeFile, takeAnswer } from './decoding';
import type { FileState } from './state';

export interface FileRequest {
  readonly url: string;
  readonly name: string;
  readonly kind: 'image' | 'labelmap';
}

type Report = (url: string, file: FileState | null) => void;
type Decode = (job: DecodeJob) => Promise<Volume>;

const PROGRESS_EVERY_MS = 100;

class HttpError extends Error {
  override name = 'HttpError';
}

/** Loads what is asked for and forgets what no longer is. */
export class FileLoader {
  private readonly running = new Map<string, AbortController>();
  private readonly known = new Map<string, FileRequest>();

  /** @param decode where files are decoded; here, where not given. */
  constructor(
    private readonly report: Report,
    private readonly decode: Decode = async (job) => takeAnswer(await decodeFile(job)),
  ) {}

  sync(requests: readonly FileRequest[]): void {
    const wanted = new Set(requests.map((request) => request.url));
    for (const url of [...this.known.keys()]) if (!wanted.has(url)) this.forget(url);
    for (const request of requests) if (!this.known.has(request.url)) void this.load(request);
  }

  retry(url: string): void {
    const request = this.known.get(url);
    if (request) void this.load(request);
  }

  dispose(): void {
    for (const url of [...this.known.keys()]) this.forget(url);
  }

  private forget(url: string): void {
    this.running.get(url)?.abort();
    this.running.delete(url);
    this.known.delete(url);
    this.report(url, null);
  }

  private async load(request: FileRequest): Promise<void> {
    const { url } = request;
    this.running.get(url)?.abort();
    const controller = new AbortController();
    this.running.set(url, controller);
    this.known.set(url, request);
    const report = (file: FileState) => {
      if (!controller.signal.aborted) this.report(url, file);
    };
    try {
      report({ status: 'loading', loaded_bytes: 0, total_bytes: null });
      const bytes = await fetchBytes(url, controller.signal, (loaded_bytes, total_bytes) =>
        report({ status: 'loading', loaded_bytes, total_bytes }),
      );
      report({ status: 'decoding' });
      const volume = await this.decode({ file: bytes, kind: request.kind });
      if (request.kind === 'image') report({ status: 'image', volume });
      else report({ status: 'labelmap', labelmap: toLabelmap(volume) });
    } catch (error) {
      report({ status: 'failed', message: failureSentence(request.name, error) });
    }
  }
}

function failureSentence(name: string, error: unknown): string {
  if (error instanceof HttpError || error instanceof NiftiError || error instanceof LabelmapError) {
    return `${name}: ${error.message}.`;
  }
  if (error instanceof RangeError) return `${name}: this browser has not enough memory for it; close other tabs.`;
  return `${name}: the connection was lost; check it and try again.`;
}

async function fetchBytes(
  url: string,
  signal: AbortSignal,
  onProgress: (loaded_bytes: number, total_bytes: number | null) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const response = await keptFetch(url, { signal, credentials: 'same-origin' });
  if (!response.ok) throw new HttpError(statusClause(response.status));
  if (!response.body) return new Uint8Array(await response.arrayBuffer());
  const total = totalBytes(response);
  const chunks: Uint8Array[] = [];
  let loaded = 0;
  let reported_ms = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    loaded += value.byteLength;
    if (performance.now() - reported_ms > PROGRESS_EVERY_MS) {
      reported_ms = performance.now();
      onProgress(loaded, total);
    }
  }
  return joinChunks(chunks, loaded);
}

/** A length under a content encoding counts other bytes than those that arrive. */
function totalBytes(response: Response): number | null {
  const length = Number(response.headers.get('content-length'));
  return length > 0 && !response.headers.get('content-encoding') ? length : null;
}

function joinChunks(chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

function statusClause(status: number): string {
  if (status === 401) return 'your session has ended; log in and try again';
  if (status === 403) return 'you are not allowed to see it';
  if (status === 404) return 'the server does not have it';
  return `the server answered with an error (${status}); try again in a moment`;
}
