/** Edits on their way to the server, as they are sent, and its log as it is read. */
import { decodeEdit, encodeEdit } from '~/viewer';

import { base64ToBytes, bytesToBase64, type LogEdit } from '../drawing';
import type { Appended, EditLog, SentEdit } from './editServer';
import type { LoggedEdit } from './loggedEdit';

export interface Entry {
  readonly edit: LoggedEdit;
  /** Settles when the device has it, or has refused it. */
  readonly stored: Promise<void>;
  readonly encoded: Promise<string>;
  /** Once encoded. */
  runs: string | null;
}

export const MOST_EDITS = 200;
const MOST_RUNS_LENGTH = 6 << 20;
/** Browsers refuse more than 64 KiB to a request that outlives its page. */
const MOST_ON_LEAVING = 60_000;

export function entryOf(edit: LoggedEdit, stored: Promise<void>): Entry {
  const encoded = encodeEdit(edit.edit).then(bytesToBase64);
  const entry: Entry = { edit, stored, encoded, runs: null };
  void encoded.then((runs) => (entry.runs = runs));
  return entry;
}

/** As many as one request carries; the device first, then the network. */
export async function nextBatch(entries: readonly Entry[]): Promise<Entry[]> {
  const batch = await encodedBatch(entries);
  for (const { stored } of batch) await stored;
  return batch;
}

/** As many as one request carries; the device may still be writing them. */
export async function encodedBatch(entries: readonly Entry[]): Promise<Entry[]> {
  const batch: Entry[] = [];
  let length = 0;
  for (const entry of entries.slice(0, MOST_EDITS)) {
    length += (await entry.encoded).length;
    if (batch.length > 0 && length > MOST_RUNS_LENGTH) break;
    batch.push(entry);
  }
  return batch;
}

/** As many as a page that goes away can send without waiting. */
export function lastBatch(entries: readonly Entry[]): SentEdit[] {
  const edits: SentEdit[] = [];
  let length = 0;
  for (const entry of entries.slice(0, MOST_EDITS)) {
    // 300 bytes are more than the rest of an edit takes.
    if (entry.runs === null || (length += entry.runs.length + 300) > MOST_ON_LEAVING) break;
    edits.push(sent(entry));
  }
  return edits;
}

export function sent({ edit, runs }: Entry): SentEdit {
  const { edit_id, tool, label, undoes, started_at, active_ms } = edit;
  return { edit_id, tool, label, runs: runs ?? '', undoes, started_at, active_ms };
}

/** Whether the batch came to lie directly on the head that was seen. */
export function followsOn({ head, revisions }: Appended, batch: readonly Entry[], seen: number): boolean {
  return head === seen + batch.length && revisions.every(({ number }, i) => number === seen + 1 + i);
}

/** Without uploads and restores, which are no edits. */
export async function decodeSteps({ edits }: EditLog, voxels: number): Promise<LogEdit[]> {
  const decoded = await Promise.all(
    edits.map(async ({ edit_id, runs }) => (runs == null ? null : { edit_id, edit: await decodeEdit(base64ToBytes(runs), voxels) })),
  );
  return decoded.filter((step) => step !== null);
}
