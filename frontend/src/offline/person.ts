/** For whom this device keeps cases: who was signed in last, and has not logged out. */

const KEY = 'consilium.kept-for';

export function keptPerson(): number | null {
  try {
    const written = globalThis.localStorage.getItem(KEY);
    return written === null ? null : Number(written);
  } catch {
    // Storage is refused: nothing is kept.
    return null;
  }
}

export function writeKeptPerson(person: number | null): void {
  try {
    if (person === null) globalThis.localStorage.removeItem(KEY);
    else globalThis.localStorage.setItem(KEY, String(person));
  } catch {
    // As above.
  }
}
