/** How much this device keeps, and for how long. Pure. */
import type { KeptCase } from './registry';

/** All kept cases together. */
export const MOST_BYTES = 1e9;
/** Without the server having said that the case is still this person's: as long as a session lasts. */
export const LONGEST_MS = 14 * 24 * 3600 * 1000;

export type SizedCase = KeptCase & {
  /** With its log. */
  readonly all_bytes: number;
  /** Edits that the server has not confirmed. */
  readonly unsent: number;
};

/** Which cases make room: those opened longest ago, but neither `assignment` nor any with edits that wait here. */
export function toMakeRoom(kept: readonly SizedCase[], assignment: string, most_bytes: number): SizedCase[] {
  let bytes = kept.reduce((sum, { all_bytes }) => sum + all_bytes, 0);
  const oldest = kept
    .filter((one) => one.assignment !== assignment && one.unsent === 0)
    .sort((a, b) => a.opened_at_ms - b.opened_at_ms);
  const leaving: SizedCase[] = [];
  for (const one of oldest) {
    if (bytes <= most_bytes) break;
    leaving.push(one);
    bytes -= one.all_bytes;
  }
  return leaving;
}

/** Whether a case may no longer be shown: of somebody else, or not confirmed for too long. */
export function isOver({ person, checked_at_ms }: KeptCase, forPerson: number | null, now_ms: number): boolean {
  return person !== forPerson || now_ms - checked_at_ms > LONGEST_MS;
}
