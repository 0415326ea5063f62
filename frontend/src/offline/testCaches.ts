/** For tests: a Cache Storage in memory, and where pages keep who is signed in. */

class MemoryCache {
  readonly answers = new Map<string, Response>();

  match(address: string): Promise<Response | undefined> {
    return Promise.resolve(this.answers.get(address)?.clone());
  }

  put(address: string, answer: Response): Promise<void> {
    this.answers.set(address, answer);
    return Promise.resolve();
  }
}

export class MemoryCaches {
  readonly all = new Map<string, MemoryCache>();

  has(name: string): Promise<boolean> {
    return Promise.resolve(this.all.has(name));
  }

  open(name: string): Promise<MemoryCache> {
    const cache = this.all.get(name) ?? new MemoryCache();
    this.all.set(name, cache);
    return Promise.resolve(cache);
  }

  keys(): Promise<string[]> {
    return Promise.resolve([...this.all.keys()]);
  }

  delete(name: string): Promise<boolean> {
    return Promise.resolve(this.all.delete(name));
  }
}

export function memoryStorage(): Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> {
  const values = new Map<string, string>();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  };
}
