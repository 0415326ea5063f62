/** What an adjudication is opened with: the log's head, what this device has beyond it, and one's own history. */
import { type Edit, type History, type Labelmap, type NamedEdit, type Volume, decodeEdit } from '~/viewer';

import { base64ToBytes } from '../drawing';
import { type DeviceStore, openDeviceStore } from '../studio/deviceStore';
import { historyOf } from '../studio/editHistory';
import type { LoggedEdit } from '../studio/loggedEdit';
import { type RegionStep } from './regions';
import { type AdjudicationServer, adjudicationServer, type LogStep } from './server';
import { text } from './text';

export interface OpenedAdjudication {
  readonly server: AdjudicationServer;
  readonly device: DeviceStore | null;
  readonly head: number;
  readonly labelmap: Labelmap;
  /** The number of every voxel's contested region. */
  readonly map: Volume;
  readonly steps: readonly RegionStep[];
  /** What the person did here, to undo. */
  readonly history: History;
  readonly known: Map<string, Edit>;
  /** Edits of an earlier visit that did not reach the server. */
  readonly unconfirmed: readonly LoggedEdit[];
}

/** @param person who opens it; only their own steps can be undone. */
export async function openAdjudication(id: string, person: number): Promise<OpenedAdjudication> {
  const server = adjudicationServer(id);
  const device = await openDeviceStore(id).catch(() => null);
  const kept = (await device?.all().catch(() => null)) ?? [];
  const [log, map] = await Promise.all([server.after(0), server.regions()]);
  const labelmap = await server.labelmap(log.head);
  const known = new Map<string, Edit>();
  const own: NamedEdit[] = [];
  for (const step of log.edits) {
    const edit = await decodeEdit(base64ToBytes(step.runs), labelmap.voxels.length);
    known.set(step.edit_id, edit);
    if (step.author.id === person) own.push(namedEdit(step, edit));
  }
  const logged = new Set(log.edits.map(({ edit_id }) => edit_id));
  await device?.remove(kept.map(({ edit_id }) => edit_id).filter((edit_id) => logged.has(edit_id))).catch(() => undefined);
  const unconfirmed = kept.filter(({ edit_id }) => !logged.has(edit_id));
  // Replaying paints what is unconfirmed; here it only becomes part of what can be undone.
  const history = historyOf([...own, ...unconfirmed]);
  return { server, device, head: log.head, labelmap, map, steps: log.edits, history, known, unconfirmed };
}

function namedEdit({ edit_id, tool, label, source, region, undoes }: LogStep, edit: Edit): NamedEdit {
  return { edit_id, tool: source && region !== null ? text.tookStep(source, region) : tool, label, edit, undoes };
}
