/** A list longer than one page, read to its end. */

interface PageRequest {
  readonly limit: number;
  readonly offset: number;
}

interface PageAnswer<T> {
  readonly count: number;
  readonly results: readonly T[];
}

const PAGE = 1000;

export async function everyPage<T>(fetchPage: (page: PageRequest) => Promise<PageAnswer<T>>): Promise<T[]> {
  const all: T[] = [];
  for (;;) {
    const { count, results } = await fetchPage({ limit: PAGE, offset: all.length });
    all.push(...results);
    if (results.length === 0 || all.length >= count) return all;
  }
}
