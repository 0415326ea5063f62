/** What can be told of a journal just now. */
import { asProblem } from '~/api/problem';

/** Why edits do not reach the server just now. */
export type Hindrance =
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'signed-out' }
  | {
      readonly kind: 'refused';
      readonly message: string;
      /** The edit that is refused, where it is one alone. */
      readonly edit_id: string | null;
    };

export interface JournalState {
  /** Edits that the server has not confirmed. */
  readonly pending: number;
  readonly sending: boolean;
  readonly saved_at_ms: number | null;
  readonly hindrance: Hindrance | null;
  /** False where this browser keeps nothing, or not all that is pending: then only the page and the server do. */
  readonly onDevice: boolean;
  /** Of what is pending, edits that this browser has not yet written down. */
  readonly writing?: number;
  readonly head: number;
  /** What was painted upon was kept by this device; since then no server has answered. */
  readonly fromDevice?: boolean;
}

export function hindranceOf(error: unknown): Hindrance {
  const { status, code, message, details } = asProblem(error);
  if (status === 401 || code === 'not_authenticated') return { kind: 'signed-out' };
  if (code === 'unreachable' || status >= 500 || status === 408 || status === 429) return { kind: 'unreachable' };
  return { kind: 'refused', message, edit_id: editNamed(details) };
}

/** Whether the server's head is another than the page's. */
export function isConflict(error: unknown): boolean {
  const { status, code } = asProblem(error);
  return status === 412 || code === 'edit_diverged';
}

function editNamed(details: unknown): string | null {
  if (typeof details !== 'object' || details === null || !('edit_id' in details)) return null;
  return typeof details.edit_id === 'string' ? details.edit_id : null;
}
