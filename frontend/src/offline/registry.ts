/** Which cases this device keeps, and the log of each annotation: in IndexedDB. */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';

import type { components } from '~/api/schema';

export type Step = components['schemas']['EditLog']['edits'][number];

export interface KeptCase {
  /** Id of the assignment. */
  readonly assignment: string;
  readonly annotation: string;
  readonly person: number;
  readonly name: string;
  /** Of its images. */
  readonly bytes: number;
  readonly opened_at_ms: number;
  /** When the server last said that it is this person's. */
  readonly checked_at_ms: number;
  /** False while it is fetched. */
  readonly isWhole: boolean;
}

/** An annotation's log with a snapshot: the labelmap at any step from `number` to `head` follows. */
export interface KeptLog {
  readonly annotation: string;
  readonly head: number;
  /** Revision of the snapshot. */
  readonly number: number;
  /** The labelmap of that revision: NIfTI, gzipped. */
  readonly file: Uint8Array<ArrayBuffer>;
  readonly step_bytes: number;
}

interface Schema extends DBSchema {
  cases: { key: string; value: KeptCase };
  logs: { key: string; value: KeptLog };
  steps: { key: [string, number]; value: Step & { annotation: string } };
}

const NAME = 'consilium-offline';
let opened: Promise<IDBPDatabase<Schema>> | null = null;

function database(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>(NAME, 1, {
    upgrade(fresh) {
      fresh.createObjectStore('cases', { keyPath: 'assignment' });
      fresh.createObjectStore('logs', { keyPath: 'annotation' });
      fresh.createObjectStore('steps', { keyPath: ['annotation', 'number'] });
    },
  });
  return opened;
}

export async function allCases(): Promise<KeptCase[]> {
  return (await database()).getAll('cases');
}

export async function putCase(kept: KeptCase): Promise<void> {
  await (await database()).put('cases', kept);
}

/** Change what is known of a kept case; nothing where it is not kept. */
export async function updateCase(assignment: string, change: Partial<KeptCase>): Promise<void> {
  const write = (await database()).transaction('cases', 'readwrite');
  const kept = await write.store.get(assignment);
  await Promise.all([kept && write.store.put({ ...kept, ...change }), write.done]);
}

/** Forget a case, and its log. */
export async function dropCase({ assignment, annotation }: KeptCase): Promise<void> {
  const write = (await database()).transaction(['cases', 'logs', 'steps'], 'readwrite');
  await Promise.all([
    write.objectStore('cases').delete(assignment),
    write.objectStore('logs').delete(annotation),
    write.objectStore('steps').delete(stepsOf(annotation)),
    write.done,
  ]);
}

/** Begin an annotation's log anew. */
export async function putLog(log: Omit<KeptLog, 'step_bytes'>, steps: readonly Step[]): Promise<void> {
  const { annotation } = log;
  const write = (await database()).transaction(['logs', 'steps'], 'readwrite');
  await write.objectStore('steps').delete(stepsOf(annotation));
  await Promise.all([
    ...steps.map((step) => write.objectStore('steps').put({ ...step, annotation })),
    write.objectStore('logs').put({ ...log, step_bytes: sizeOf(steps) }),
    write.done,
  ]);
}

/**
 * Add the log's steps to what is kept of it; those that are known stay.
 *
 * @returns the head that is kept where steps before these are missing; null where all is well, or nothing is kept.
 */
export async function addSteps(annotation: string, steps: readonly Step[]): Promise<number | null> {
  const write = (await database()).transaction(['logs', 'steps'], 'readwrite', { durability: 'strict' });
  const log = await write.objectStore('logs').get(annotation);
  const fresh = log ? steps.filter(({ number }) => number > log.head) : [];
  const fits = fresh.every(({ number }, i) => number === (log?.head ?? 0) + 1 + i);
  if (log && fits && fresh.length > 0) {
    for (const step of fresh) void write.objectStore('steps').put({ ...step, annotation });
    const head = log.head + fresh.length;
    void write.objectStore('logs').put({ ...log, head, step_bytes: log.step_bytes + sizeOf(fresh) });
  }
  await write.done;
  return log && !fits ? log.head : null;
}

/** A newer snapshot of a log that is kept to there. */
export async function putSnapshot(annotation: string, number: number, file: Uint8Array<ArrayBuffer>): Promise<void> {
  const write = (await database()).transaction('logs', 'readwrite');
  const log = await write.store.get(annotation);
  const isNewer = log !== undefined && number > log.number && number <= log.head;
  await Promise.all([isNewer && write.store.put({ ...log, number, file }), write.done]);
}

export async function readLog(annotation: string): Promise<{ readonly log: KeptLog; readonly steps: Step[] } | null> {
  const read = (await database()).transaction(['logs', 'steps']);
  const [log, steps] = await Promise.all([
    read.objectStore('logs').get(annotation),
    read.objectStore('steps').getAll(stepsOf(annotation)),
  ]);
  return log ? { log, steps } : null;
}

/** Of labelmap and log. */
export async function logBytes(annotation: string): Promise<number> {
  const log = await (await database()).get('logs', annotation);
  return log ? log.file.byteLength + log.step_bytes : 0;
}

function stepsOf(annotation: string): IDBKeyRange {
  return IDBKeyRange.bound([annotation, 0], [annotation, Infinity]);
}

function sizeOf(steps: readonly Step[]): number {
  return steps.reduce((sum, { runs }) => sum + (runs?.length ?? 0), 0);
}
