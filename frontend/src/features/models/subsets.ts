/** Sets of sequences: all that can be left of a model's inputs, and how they are called. Pure. */

/** Every set but the empty one, large ones first, in the order of `sequences`: 15 of four. */
export function subsetsOf(sequences: readonly string[]): string[][] {
  const count = 2 ** sequences.length;
  const sets = Array.from({ length: count - 1 }, (_, index) => {
    // The first sequence is the highest bit, so that sets of one size keep the order of their names.
    const bits = count - 1 - index;
    return sequences.filter((_sequence, place) => bits & (1 << (sequences.length - 1 - place)));
  });
  return sets.sort((a, b) => b.length - a.length);
}

/** One name for a set, whatever order it was written in. */
export function subsetKey(sequences: readonly string[]): string {
  return [...sequences].sort().join('+');
}

/** "T1 + FLAIR", or in the words of whoever knows the sequences. */
export function subsetName(sequences: readonly string[], names: ReadonlyMap<string, string>): string {
  return sequences.map((key) => names.get(key) ?? key.toUpperCase()).join(' + ');
}
