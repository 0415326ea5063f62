// @vitest-environment node
/// <reference types="node" />
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { buildNifti, gzip } from './core/testNifti';
import { FileLoader, type FileRequest } from './loader';
import type { FileState } from './state';

/** A real server on this machine: whole, cut off, not labels, refused, and never finished. */
let server: Server;
let origin: string;
let requests: string[];

beforeAll(async () => {
  const identity = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]];
  const whole = await gzip(
    buildNifti({ shape: [2, 2, 2], datatype: 2, bitsPerVoxel: 8, sform: identity, write: (v, o, i) => v.setUint8(o, i) }),
  );
  const fractions = await gzip(
    buildNifti({ shape: [2, 2, 2], datatype: 16, bitsPerVoxel: 32, sform: identity, write: (v, o, i, le) => v.setFloat32(o, i / 2, le) }),
  );
  server = createServer((request, response) => {
    requests.push(request.url ?? '');
    const send = (body: Uint8Array) => response.writeHead(200, { 'content-length': body.length }).end(body);
    if (request.url === '/whole') send(whole);
    else if (request.url === '/cut') send(whole.slice(0, whole.length - 10));
    else if (request.url === '/fractions') send(fractions);
    else if (request.url === '/endless') response.writeHead(200, { 'content-length': 1e6 }).write(whole);
    else response.writeHead(request.url === '/secret' ? 403 : 404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

beforeEach(() => {
  requests = [];
});

const request = (path: string, kind: FileRequest['kind'] = 'image'): FileRequest => ({
  url: origin + path,
  name: 'T1',
  kind,
});

/** Reports of a loader, and a promise of the first that is final. */
function watch() {
  const reports: (FileState | null)[] = [];
  let finish: (file: FileState) => void;
  const final = new Promise<FileState>((resolve) => (finish = resolve));
  const loader = new FileLoader((_, file) => {
    reports.push(file);
    if (file && file.status !== 'loading' && file.status !== 'decoding') finish(file);
  });
  return { loader, reports, final };
}

describe('loading', () => {
  it('goes from loading over decoding to the image', async () => {
    const { loader, reports, final } = watch();
    loader.sync([request('/whole')]);
    const file = await final;
    expect(file.status === 'image' && Array.from(file.volume.voxels)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(new Set(reports.map((report) => report?.status))).toEqual(new Set(['loading', 'decoding', 'image']));
    const known = reports.filter((report) => report?.status === 'loading' && report.total_bytes !== null);
    expect(known.length).toBeGreaterThan(0);
  });

  it('fetches a file once, however often it is asked for', async () => {
    const { loader, final } = watch();
    loader.sync([request('/whole')]);
    loader.sync([request('/whole')]);
    await final;
    expect(requests).toEqual(['/whole']);
  });

  it.each([
    ['/nowhere', 'T1: the server does not have it.'],
    ['/secret', 'T1: you are not allowed to see it.'],
    ['/cut', 'T1: the compressed data is cut off or damaged; upload the file again.'],
  ])('says in words why %s cannot be shown', async (path, message) => {
    const { loader, final } = watch();
    loader.sync([request(path)]);
    expect(await final).toEqual({ status: 'failed', message });
  });

  it('refuses fractions as labels', async () => {
    const { loader, final } = watch();
    loader.sync([request('/fractions', 'labelmap')]);
    expect(await final).toMatchObject({ status: 'failed', message: expect.stringContaining('value 0.5 is not a label') as string });
  });

  it('says that the connection was lost', async () => {
    const { loader, final } = watch();
    loader.sync([{ ...request(''), url: 'http://127.0.0.1:9/closed' }]);
    expect(await final).toMatchObject({ message: 'T1: the connection was lost; check it and try again.' });
  });

  it('fetches again on retry', async () => {
    const { loader, final } = watch();
    loader.sync([request('/nowhere')]);
    await final;
    loader.retry(origin + '/nowhere');
    await expect.poll(() => requests).toEqual(['/nowhere', '/nowhere']);
  });

  it('forgets what is no longer wanted, and reports nothing more of it', async () => {
    const { loader, reports } = watch();
    loader.sync([request('/endless')]);
    await expect.poll(() => reports.some((r) => r?.status === 'loading' && r.loaded_bytes > 0)).toBe(true);
    loader.sync([]);
    const until = reports.length;
    expect(reports.at(-1)).toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(reports.length).toBe(until);
  });
});
