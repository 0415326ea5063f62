/** Cases come onto this device, and leave it. */
import { dropCaches, hasCaches } from './files';
import { keptPerson, writeKeptPerson } from './person';
import { allCases, dropCase, type KeptCase } from './registry';
import { isOver } from './room';

const listeners = new Set<() => void>();

/** Hear of cases that came or went, until the returned function is called. */
export function onKeptChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function tellKeptChange(): void {
  listeners.forEach((listener) => listener());
}

/** Everything that is kept for this person, whole or not; none where the browser keeps nothing. */
export async function casesOf(person: number): Promise<KeptCase[]> {
  const all = hasCaches() ? await allCases().catch(() => []) : [];
  return all.filter((kept) => kept.person === person);
}

export async function forgetCase(assignment: string): Promise<void> {
  await drop((kept) => kept.assignment === assignment, ({ place }) => place === assignment);
}

/** Everything of one person, but edits that the server has not confirmed: those stay until it has them. */
export async function forgetPerson(person: number): Promise<void> {
  await drop((kept) => kept.person === person, (owner) => owner.person === person);
}

/** Somebody is signed in, or nobody: what is kept for others goes. */
export async function settlePerson(person: number | null): Promise<void> {
  writeKeptPerson(person);
  await drop((kept) => kept.person !== person, (owner) => owner.person !== person);
}

let tidying: Promise<void> | null = null;

/** Once on each page: what may no longer be shown is gone before any of it is. */
export function tidied(): Promise<void> {
  tidying ??= tidy().catch(() => undefined);
  return tidying;
}

async function tidy(): Promise<void> {
  const person = keptPerson();
  const now_ms = Date.now();
  const over = (hasCaches() ? await allCases() : []).filter((kept) => isOver(kept, person, now_ms));
  const gone = new Set(over.map(({ assignment }) => assignment));
  await drop(({ assignment }) => gone.has(assignment), (owner) => owner.person !== person || gone.has(owner.place));
}

async function drop(isDue: (kept: KeptCase) => boolean, isDueCache: Parameters<typeof dropCaches>[0]): Promise<void> {
  if (!hasCaches()) return;
  const due = (await allCases().catch(() => [])).filter(isDue);
  // Images first: they are what must not be seen.
  await dropCaches(isDueCache);
  await Promise.all(due.map(dropCase));
  if (due.length > 0) tellKeptChange();
}
