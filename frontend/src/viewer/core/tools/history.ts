/**
 * Undo and redo without limit, as data: both append edits, nothing is ever taken out of the log. Others may paint in
 * between: undo gives back only those voxels that still hold what the edit left there.
 */
import { applyEdit, type Edit, invertEdit, rebaseEdit, revertEdit } from '../edits';

/** An edit with what the log says of it. */
export interface NamedEdit {
  readonly edit_id: string;
  /** What was done, as the list of undo steps names it. */
  readonly tool: string;
  readonly label: number | null;
  readonly edit: Edit;
  /** The edit that this one undoes, if it does; of a redo, the undo. */
  readonly undoes: string | null;
}

export interface History {
  /** What can be undone, the latest last. */
  readonly done: readonly NamedEdit[];
  /** Undos that can be undone, the latest last. */
  readonly undone: readonly NamedEdit[];
}

export const EMPTY_HISTORY: History = { done: [], undone: [] };

/** A step of the history: the edit to apply and to log, and the history after it. */
export interface Step {
  readonly history: History;
  readonly edit: NamedEdit;
}

/** A new edit; what was undone before it can no longer be redone. */
export function withEdit(history: History, edit: NamedEdit): History {
  return { done: [...history.done, edit], undone: [] };
}

/**
 * Undo the latest edit.
 *
 * @param voxels the labelmap as it is; it is not changed.
 * @returns null with nothing to undo. The edit is empty where others have painted over all of it.
 */
export function undo(history: History, voxels: Uint8Array, edit_id: string): Step | null {
  const latest = history.done.at(-1);
  if (!latest) return null;
  const edit = reverting(latest, voxels, edit_id);
  return { edit, history: { done: history.done.slice(0, -1), undone: [...history.undone, edit] } };
}

/** Undo the latest undo. */
export function redo(history: History, voxels: Uint8Array, edit_id: string): Step | null {
  const latest = history.undone.at(-1);
  if (!latest) return null;
  const edit = reverting(latest, voxels, edit_id);
  return { edit, history: { done: [...history.done, edit], undone: history.undone.slice(0, -1) } };
}

function reverting(undone: NamedEdit, voxels: Uint8Array, edit_id: string): NamedEdit {
  const { tool, label } = undone;
  return { edit_id, tool, label, edit: revertEdit(undone.edit, voxels), undoes: undone.edit_id };
}

/** One's own edits after a rebase, each in its order. */
export interface Rebased {
  /** Those that the server turns out to have, as it has them: an answer was lost on its way. */
  readonly confirmed: readonly NamedEdit[];
  readonly pending: readonly NamedEdit[];
}

/**
 * Pull edits of the log under one's own that the server is not known to have: the labelmap as if they had come
 * first. What one painted is painted; an undo gives back what its edit has now found.
 *
 * @param voxels the labelmap with one's own edits applied; changed in place. All or nothing.
 * @param pending one's own edits that are not confirmed, in order.
 * @param incoming what the log has after the last confirmed state, in its order; one's own are known by their id.
 * @param known an edit of before by its id, for undos of edits that the server has.
 * @throws EditError when an edit does not fit: the two copies have come apart.
 */
export function rebasePending(
  voxels: Uint8Array,
  pending: readonly NamedEdit[],
  incoming: readonly Pick<NamedEdit, 'edit_id' | 'edit'>[],
  known: (edit_id: string) => Edit | undefined,
): Rebased {
  applyAll(voxels, [...pending.map(({ edit }) => invertEdit(edit)).reverse(), ...incoming.map(({ edit }) => edit)]);
  const now = new Map(incoming.map(({ edit_id, edit }) => [edit_id, edit]));
  const confirmed: NamedEdit[] = [];
  const rebased: NamedEdit[] = [];
  for (const own of pending) {
    const arrived = now.get(own.edit_id);
    if (arrived) {
      confirmed.push({ ...own, edit: arrived });
      continue;
    }
    const undone = own.undoes === null ? undefined : (now.get(own.undoes) ?? known(own.undoes));
    const edit = undone ? revertEdit(undone, voxels) : rebaseEdit(own.edit, voxels);
    applyEdit(voxels, edit);
    now.set(own.edit_id, edit);
    rebased.push({ ...own, edit });
  }
  return { confirmed, pending: rebased };
}

/** Apply edits in order, or none of them. */
function applyAll(voxels: Uint8Array, edits: readonly Edit[]): void {
  const applied: Edit[] = [];
  try {
    for (const edit of edits) {
      applyEdit(voxels, edit);
      applied.push(edit);
    }
  } catch (error) {
    for (const edit of applied.reverse()) applyEdit(voxels, invertEdit(edit));
    throw error;
  }
}

/** The history with its edits as they are after a rebase. */
export function withRebased(history: History, { confirmed, pending }: Rebased): History {
  const now = new Map([...confirmed, ...pending].map((edit) => [edit.edit_id, edit]));
  const replace = (edits: readonly NamedEdit[]) => edits.map((edit) => now.get(edit.edit_id) ?? edit);
  return { done: replace(history.done), undone: replace(history.undone) };
}
