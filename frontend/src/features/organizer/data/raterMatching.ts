/** Which rater of the challenge a name in an archive most likely means. Pure. */

interface Candidate {
  readonly user: { readonly id: number; readonly username: string; readonly name: string };
  readonly alias: string;
}

/** By alias, user name or shown name, whatever the case of the letters; null where nobody is called so. */
export function guessRaters(names: readonly string[], raters: readonly Candidate[]): Record<string, number | null> {
  return Object.fromEntries(
    names.map((name) => {
      const wanted = name.toLowerCase();
      const found = raters.find(({ alias, user }) =>
        [alias, user.username, user.name].some((known) => known.toLowerCase() === wanted),
      );
      return [name, found?.user.id ?? null];
    }),
  );
}

/** Whether two names stand for one person. */
export function isMatchedTwice(matched: Readonly<Record<string, number | null>>): boolean {
  const people = Object.values(matched).filter((id) => id !== null);
  return new Set(people).size < people.length;
}
