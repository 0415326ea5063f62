/** Points in time as a `datetime-local` field has them: in the reader's zone, to the minute. Pure. */

/** "2026-05-01T14:30"; empty for null. */
export function toLocalField(iso: string | null): string {
  if (iso === null) return '';
  const at = new Date(iso);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** The reverse; null for an empty field. */
export function fromLocalField(value: string): string | null {
  return value === '' ? null : new Date(value).toISOString();
}
