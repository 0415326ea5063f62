/** How far cases are that come onto this device just now: parts from 0 to 1, by assignment. */
import { useSyncExternalStore } from 'react';

let parts: ReadonlyMap<string, number> = new Map();
const listeners = new Set<() => void>();

/** @param part null when it has ended. */
export function setProgress(assignment: string, part: number | null): void {
  const next = new Map(parts);
  if (part === null) next.delete(assignment);
  else next.set(assignment, part);
  parts = next;
  listeners.forEach((listener) => listener());
}

/** Null while nothing of it is on its way. */
export function useProgress(assignment: string): number | null {
  return useSyncExternalStore(subscribe, () => parts.get(assignment) ?? null);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
