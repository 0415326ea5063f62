/** An edit as the log keeps it. */
import type { NamedEdit } from '~/viewer';

export interface LoggedEdit extends NamedEdit {
  /** ISO 8601. */
  readonly started_at: string;
  /** How long the person worked on it. */
  readonly active_ms: number;
}
