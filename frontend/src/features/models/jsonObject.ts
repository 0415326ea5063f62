/** JSON that people type. Pure. */

export type ReadObject =
  | { readonly value: Record<string, unknown>; readonly problem: null }
  | { readonly value: null; readonly problem: { readonly kind: 'syntax'; readonly why: string } | { readonly kind: 'no_object' } };

/** An object; of nothing but spaces an empty one. */
export function readObject(typed: string): ReadObject {
  if (!typed.trim()) return { value: {}, problem: null };
  let value: unknown;
  try {
    value = JSON.parse(typed);
  } catch (error) {
    return { value: null, problem: { kind: 'syntax', why: error instanceof Error ? error.message : String(error) } };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { value: null, problem: { kind: 'no_object' } };
  }
  return { value: value as Record<string, unknown>, problem: null };
}
