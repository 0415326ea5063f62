/** An edit of a room's log, as it comes over the wire and as it is painted. */
import type { RoomEdit } from '~/live';
import { decodeEdit } from '~/viewer';

import { base64ToBytes } from '../drawing';
import type { NumberedEdit } from './roomLog';

/** An edit of the log with who made it, and what was taken over for which region. */
export type RoomStep = Omit<RoomEdit, 'runs'> & NumberedEdit;

/**
 * Without those whose runs did not come along.
 *
 * @throws EditError where one is no edit of a grid of so many voxels.
 */
export async function decodeSteps(edits: readonly RoomEdit[], voxels: number): Promise<RoomStep[]> {
  const decoded = await Promise.all(
    edits.map(async ({ runs, ...step }) => (runs === null ? null : { ...step, edit: await decodeEdit(base64ToBytes(runs), voxels) })),
  );
  return decoded.filter((step) => step !== null);
}
