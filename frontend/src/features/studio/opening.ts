/** What an annotation is opened with: the server's head, the device's unconfirmed edits, and the history of both. */
import { withPatience } from '~/offline';
import {
  applyEdit,
  decodeEdit,
  type Edit,
  EMPTY_HISTORY,
  type History,
  type Labelmap,
  rebaseEdit,
  revertEdit,
} from '~/viewer';

import { base64ToBytes } from '../drawing';
import { type DeviceStore, openDeviceStore } from './deviceStore';
import { withLogged } from './editHistory';
import { type EditServer, editServer } from './editServer';
import { hindranceOf } from './journalState';
import { keeping, keptLog, type LogSource } from './keptLog';
import type { LoggedEdit } from './loggedEdit';

export interface OpenedAnnotation {
  readonly server: EditServer;
  readonly device: DeviceStore | null;
  readonly head: number;
  /** The head with the unconfirmed edits applied. */
  readonly labelmap: Labelmap;
  readonly unconfirmed: readonly LoggedEdit[];
  readonly history: History;
  readonly known: Map<string, Edit>;
  /** No server answered: the head is the one that this device keeps. */
  readonly fromDevice: boolean;
}

/** A server that takes longer counts as away, where this device keeps the log. */
const PATIENCE_MS = 15_000;

/** @throws ApiProblem when it is refused, TypeError where no server answers and the device keeps nothing of it. */
export async function openAnnotation(annotation: string, rater: number): Promise<OpenedAnnotation> {
  const server = keeping(editServer(annotation), annotation);
  const device = await openDeviceStore(annotation, rater).catch(() => null);
  const kept = await keptLog(annotation).catch(() => null);
  if (!kept) return { ...(await openFrom(server, device)), server, fromDevice: false };
  try {
    return { ...(await withPatience(openFrom(server, device), PATIENCE_MS)), server, fromDevice: false };
  } catch (error) {
    if (hindranceOf(error).kind !== 'unreachable') throw error;
    return { ...(await openFrom(kept, device)), server, fromDevice: true };
  }
}

export type OpenedLog = Omit<OpenedAnnotation, 'server' | 'fromDevice'>;

/** @param device null where this browser has none. */
export async function openFrom(server: LogSource, device: DeviceStore | null): Promise<OpenedLog> {
  const kept = (await device?.all().catch(() => null)) ?? [];
  const log = await server.after(0);
  const labelmap = await server.labelmap(log.head);
  const known = new Map<string, Edit>();
  let history = EMPTY_HISTORY;
  for (const { edit_id, tool, label, runs, undoes } of log.edits) {
    if (runs == null) {
      // Nothing is undone over an upload or a restore: these have their own way back.
      history = EMPTY_HISTORY;
      continue;
    }
    const edit = await decodeEdit(base64ToBytes(runs), labelmap.voxels.length);
    known.set(edit_id, edit);
    history = withLogged(history, { edit_id, tool, label, edit, undoes });
  }
  const logged = new Set(log.edits.map(({ edit_id }) => edit_id));
  const confirmed = kept.filter(({ edit_id }) => logged.has(edit_id)).map(({ edit_id }) => edit_id);
  await device?.remove(confirmed).catch(() => undefined);
  const unconfirmed = kept
    .filter(({ edit_id }) => !logged.has(edit_id))
    .map((edit) => ({ ...edit, edit: replayed(labelmap.voxels, edit, known) }));
  for (const edit of unconfirmed) history = withLogged(history, edit);
  return { device, head: log.head, labelmap, unconfirmed, history, known };
}

/** Paint an edit of before again, on whatever the server has now. */
function replayed(voxels: Uint8Array, { edit_id, undoes, edit }: LoggedEdit, known: Map<string, Edit>): Edit {
  const undone = undoes === null ? undefined : known.get(undoes);
  const again = undone ? revertEdit(undone, voxels) : rebaseEdit(edit, voxels);
  applyEdit(voxels, again);
  known.set(edit_id, again);
  return again;
}
