/** What can be undone, as a log of edits tells it. */
import { EMPTY_HISTORY, type History, type NamedEdit, withEdit } from '~/viewer';

/** The history after a step of the log: a new edit, an undo of the latest, or a redo of the latest undo. */
export function withLogged(history: History, edit: NamedEdit): History {
  const { done, undone } = history;
  if (edit.undoes !== null && done.at(-1)?.edit_id === edit.undoes) {
    return { done: done.slice(0, -1), undone: [...undone, edit] };
  }
  if (edit.undoes !== null && undone.at(-1)?.edit_id === edit.undoes) {
    return { done: [...done, edit], undone: undone.slice(0, -1) };
  }
  return withEdit(history, edit);
}

export function historyOf(edits: readonly NamedEdit[]): History {
  return edits.reduce(withLogged, EMPTY_HISTORY);
}

/** The history without edits that were given up. */
export function without({ done, undone }: History, dropped: ReadonlySet<string>): History {
  const kept = ({ edit_id }: NamedEdit) => !dropped.has(edit_id);
  return { done: done.filter(kept), undone: undone.filter(kept) };
}
