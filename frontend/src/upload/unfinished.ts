/** Uploads that an earlier visit began for a target and left. */
import { defaultOptions, type PreviousUpload } from 'tus-js-client';

import { targetPrefix, type UploadTarget } from './resumable';

export interface Unfinished {
  readonly name: string;
  readonly sent_bytes: number;
  readonly total_bytes: number;
  readonly stored: PreviousUpload;
}

/** Those that the server still holds; what it has let go is forgotten here, too. */
export async function unfinishedUploads(target: UploadTarget): Promise<Unfinished[]> {
  const prefix = `tus::${targetPrefix(target)}`;
  const stored = (await allStored()).filter(({ urlStorageKey }) => urlStorageKey.startsWith(prefix));
  const found = await Promise.all(stored.map(inspect));
  return found.filter((one) => one !== null);
}

export async function forgetUpload({ urlStorageKey }: PreviousUpload): Promise<void> {
  await defaultOptions.urlStorage?.removeUpload(urlStorageKey);
}

export async function forgetUrl(url: string): Promise<void> {
  const ofUrl = (await allStored()).filter(({ uploadUrl }) => uploadUrl === url);
  await Promise.all(ofUrl.map(forgetUpload));
}

async function allStored(): Promise<PreviousUpload[]> {
  return (await defaultOptions.urlStorage?.findAllUploads()) ?? [];
}

async function inspect(stored: PreviousUpload): Promise<Unfinished | null> {
  if (!stored.uploadUrl) return null;
  const answer = await fetch(stored.uploadUrl, {
    method: 'HEAD',
    credentials: 'same-origin',
    headers: { 'Tus-Resumable': '1.0.0' },
  });
  if (answer.status === 404 || answer.status === 410) await forgetUpload(stored);
  if (!answer.ok) return null;
  return {
    name: stored.metadata.filename ?? '',
    sent_bytes: Number(answer.headers.get('Upload-Offset')),
    total_bytes: stored.size ?? Number(answer.headers.get('Upload-Length')),
    stored,
  };
}
