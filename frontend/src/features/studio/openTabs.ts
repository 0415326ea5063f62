/** Which annotations are open in the studio, in any tab: told by locks that every tab of this browser sees. */

function lockOf(annotation: string): string {
  return `consilium-studio-${annotation}`;
}

/** The annotation is open here until the returned function is called. */
export function holdOpen(annotation: string): () => void {
  let release: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => (release = resolve));
  // Absent where the address is not secure.
  void (navigator.locks as LockManager | undefined)?.request(lockOf(annotation), { mode: 'shared' }, () => closed);
  return release;
}

/** Work on an annotation, unless a tab has it open or works on it already. */
export async function ifOpenNowhere(annotation: string, work: () => Promise<void>): Promise<void> {
  const locks = navigator.locks as LockManager | undefined;
  await locks?.request(lockOf(annotation), { ifAvailable: true }, async (lock) => {
    if (lock) await work();
  });
}
