/** The log of an annotation as this device keeps it beside the server's, to open the studio without a network. */
import { addSteps, putLog, putSnapshot, readLog, type Step } from '~/offline';
import { applyEdit, decodeEdit, decodeNifti, toLabelmap } from '~/viewer';

import { base64ToBytes } from '../drawing';
import type { Appended, EditServer, SentEdit } from './editServer';

/** What an annotation is opened from. */
export type LogSource = Pick<EditServer, 'after' | 'labelmap'>;

/**
 * The server, of which the device keeps every step that it tells. A device that fails makes nothing fail: the log
 * that it keeps then ends earlier.
 */
export function keeping(server: EditServer, annotation: string): EditServer {
  const add = async (steps: readonly Step[]) => {
    const kept = await addSteps(annotation, steps).catch(() => null);
    if (kept !== null) await addSteps(annotation, (await server.after(kept)).edits);
  };
  const file = async (number: number) => {
    const bytes = await server.file(number);
    await putSnapshot(annotation, number, bytes).catch(() => undefined);
    return bytes;
  };
  return {
    async append(edits, head) {
      const answer = await server.append(edits, head);
      await add(stepsOf(edits, answer)).catch(() => undefined);
      return answer;
    },
    appendOnLeaving: (edits, head) => server.appendOnLeaving(edits, head),
    async after(number) {
      const log = await server.after(number);
      await add(log.edits).catch(() => undefined);
      return log;
    },
    file,
    labelmap: async (number) => toLabelmap(await decodeNifti(await file(number))),
    restore: (number, edit_id, head) => server.restore(number, edit_id, head),
  };
}

/** Keep an annotation's log, whole, from now on. */
export async function keepLog(annotation: string, server: EditServer): Promise<void> {
  const { head, edits } = await server.after(0);
  await putLog({ annotation, head, number: head, file: await server.file(head) }, edits);
  // What came between the question and the putting.
  await addSteps(annotation, (await server.after(head)).edits);
}

/** Whether the log is kept as far as its head. */
export async function hasLog(annotation: string, head: number): Promise<boolean> {
  const kept = await keptLog(annotation).catch(() => null);
  return kept !== null && (await kept.after(head)).head >= head;
}

/** What this device keeps of the log; null where it keeps none, or not what leads from its snapshot to its head. */
export async function keptLog(annotation: string): Promise<LogSource | null> {
  const kept = await readLog(annotation);
  if (!kept) return null;
  const { log, steps } = kept;
  const since = steps.filter(({ number }) => number > log.number);
  if (since.length !== log.head - log.number || since.some(({ runs }) => runs == null)) return null;
  return {
    after: (number) => Promise.resolve({ head: log.head, edits: steps.filter((step) => step.number > number) }),
    async labelmap() {
      const labelmap = toLabelmap(await decodeNifti(log.file));
      for (const { runs } of since) {
        applyEdit(labelmap.voxels, await decodeEdit(base64ToBytes(runs ?? ''), labelmap.voxels.length));
      }
      return labelmap;
    },
  };
}

/** The steps that the log has of these edits now, in its order. */
function stepsOf(edits: readonly SentEdit[], { revisions }: Appended): Step[] {
  const numbers = new Map(revisions.map(({ edit_id, number }) => [edit_id, number]));
  return edits
    .map(({ edit_id, tool, label, runs, undoes, started_at, active_ms }) => ({
      edit_id, tool, runs, active_ms,
      label: label ?? null,
      undoes: undoes ?? null,
      started_at: started_at ?? null,
      number: numbers.get(edit_id) ?? 0,
      kind: 'edit' as const,
      note: '',
      voxels_changed: 0,
      created_at: '',
    }))
    .sort((a, b) => a.number - b.number);
}
