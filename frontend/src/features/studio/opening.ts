/** What an annotation is opened with: the server's head, the device's unconfirmed edits, and the history of both. */
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
}

export async function openAnnotation(annotation: string): Promise<OpenedAnnotation> {
  return openFrom(editServer(annotation), await openDeviceStore(annotation).catch(() => null));
}

/** @param device null where this browser has none. */
export async function openFrom(server: EditServer, device: DeviceStore | null): Promise<OpenedAnnotation> {
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
  return { server, device, head: log.head, labelmap, unconfirmed, history, known };
}

/** Paint an edit of before again, on whatever the server has now. */
function replayed(voxels: Uint8Array, { edit_id, undoes, edit }: LoggedEdit, known: Map<string, Edit>): Edit {
  const undone = undoes === null ? undefined : known.get(undoes);
  const again = undone ? revertEdit(undone, voxels) : rebaseEdit(edit, voxels);
  applyEdit(voxels, again);
  known.set(edit_id, again);
  return again;
}
