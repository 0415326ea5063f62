/** Bring a case onto this device, with everything that the studio needs to open it. */
import {
  casesOf,
  fetchFiles,
  forgetCase,
  keptPerson,
  logBytes,
  MOST_BYTES,
  putCase,
  type SizedCase,
  tellKeptChange,
  toMakeRoom,
} from '~/offline';

import type { Assignment } from '../rater/queries';
import { unsentCounts } from '../studio/deviceStore';
import { editServer } from '../studio/editServer';
import { hasLog, keepLog } from '../studio/keptLog';
import { setProgress } from './progress';

const running = new Map<string, Promise<void>>();

/**
 * Keep the case, or bring what is kept up to date.
 *
 * @throws ApiProblem when it is refused, TypeError without a network, DOMException where the device has no room.
 */
export function keepCase(assignment: Assignment): Promise<void> {
  const { id } = assignment;
  const work =
    running.get(id) ??
    keep(assignment).finally(() => {
      running.delete(id);
      setProgress(id, null);
      tellKeptChange();
    });
  running.set(id, work);
  return work;
}

async function keep({ id, case: { name }, annotation, rater }: Assignment): Promise<void> {
  const person = rater.id;
  if (keptPerson() !== person) return;
  const before = (await casesOf(person)).find(({ assignment }) => assignment === id);
  const now_ms = Date.now();
  const kept = { assignment: id, annotation: annotation.id, person, name, opened_at_ms: now_ms, checked_at_ms: now_ms };
  // It is known before its first byte, so that whatever ends this can find and delete it.
  await putCase({ ...kept, bytes: before?.bytes ?? 0, isWhole: before?.isWhole ?? false });
  setProgress(id, 0);
  try {
    // Asked before the disk is needed; most browsers answer by themselves.
    await navigator.storage.persist();
    const bytes = await fetchFiles(person, id, (part) => setProgress(id, part));
    if (!(await hasLog(annotation.id, annotation.head))) await keepLog(annotation.id, editServer(annotation.id));
    await putCase({ ...kept, bytes, isWhole: true });
    await makeRoom(person, id);
  } catch (error) {
    if (!before?.isWhole) await forgetCase(id);
    throw error;
  } finally {
    // Somebody logged out meanwhile.
    if (keptPerson() !== person) await forgetCase(id);
  }
}

/** Everything that is kept for this person, the last opened first, with what waits to be sent. */
export async function sizedCases(person: number): Promise<SizedCase[]> {
  const [kept, unsent] = await Promise.all([casesOf(person), unsentCounts(person).catch(() => new Map<string, number>())]);
  const sized = kept.map(async (one) => ({
    ...one,
    all_bytes: one.bytes + (await logBytes(one.annotation)),
    unsent: unsent.get(one.annotation) ?? 0,
  }));
  return (await Promise.all(sized)).sort((a, b) => b.opened_at_ms - a.opened_at_ms);
}

async function makeRoom(person: number, assignment: string): Promise<void> {
  const leaving = toMakeRoom(await sizedCases(person), assignment, MOST_BYTES);
  await Promise.all(leaving.map((one) => forgetCase(one.assignment)));
}
