/** Sequences as one line of text. Pure. */

export interface SequenceKey {
  readonly key: string;
  readonly name: string;
}

const USUAL_NAMES: Readonly<Record<string, string>> = { flair: 'FLAIR', t1: 'T1', t1c: 'T1c', t2: 'T2' };

/** "FLAIR, dwi" → the keys `flair` and `dwi` with names; null for nothing: the usual four. */
export function sequencesFrom(line: string): SequenceKey[] | null {
  const words = line.split(/[\s,;]+/).filter(Boolean);
  if (words.length === 0) return null;
  return words.map((word) => {
    const key = word.toLowerCase();
    return { key, name: USUAL_NAMES[key] ?? word };
  });
}
