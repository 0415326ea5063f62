/** Keys as a person has set them, kept in this browser; the viewer and the rooms built around it each have their own. */
import type { KeyBinding } from './keys';
import { Store } from './store';

/** A name for a set of keys, such as `viewer`. */
export type KeyScope = string;

/** By a binding's id: its keys in place of the default ones. */
export type KeyOverrides = Readonly<Record<string, readonly string[]>>;

const NONE: KeyOverrides = {};
const stores = new Map<KeyScope, Store<KeyOverrides>>();

/** What was changed in a scope. Other tabs' changes come along. */
export function overridesOf(scope: KeyScope): Store<KeyOverrides> {
  const known = stores.get(scope);
  if (known) return known;
  const store = new Store(read(scope));
  stores.set(scope, store);
  window.addEventListener('storage', (event) => {
    if (event.key === storageKey(scope)) store.update(() => read(scope));
  });
  return store;
}

export function setOverrides(scope: KeyScope, overrides: KeyOverrides): void {
  overridesOf(scope).update(() => overrides);
  try {
    localStorage.setItem(storageKey(scope), JSON.stringify(overrides));
  } catch {
    // A browser that keeps nothing: the keys hold until the page is closed.
  }
}

function storageKey(scope: KeyScope): string {
  return `consilium.keys.${scope}`;
}

function read(scope: KeyScope): KeyOverrides {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storageKey(scope)) ?? '{}');
    if (typeof stored !== 'object' || stored === null) return NONE;
    const isKeys = (keys: unknown): keys is string[] => Array.isArray(keys) && keys.every((key) => typeof key === 'string');
    return Object.fromEntries(Object.entries(stored).filter((entry): entry is [string, string[]] => isKeys(entry[1])));
  } catch {
    // What somebody else wrote there: the defaults hold.
    return NONE;
  }
}

/** The bindings with the keys that the person has set. A key that was given to one is no longer another's default. */
export function withOverrides(bindings: readonly KeyBinding[], overrides: KeyOverrides): KeyBinding[] {
  const given = new Set(bindings.flatMap(({ id }) => overrides[id] ?? []));
  return bindings.map((binding) => ({
    ...binding,
    keys: overrides[binding.id] ?? binding.keys.filter((key) => !given.has(key)),
  }));
}

/** Who has a key already, of the bindings as they are now. */
export function holderOf(bindings: readonly KeyBinding[], chord: string, except: string): KeyBinding | undefined {
  return bindings.find(({ id, keys }) => id !== except && keys.includes(chord));
}

/** The overrides after a binding takes a key, from whoever has it. */
export function withKey(
  bindings: readonly KeyBinding[],
  overrides: KeyOverrides,
  id: string,
  chord: string,
): KeyOverrides {
  const now = withOverrides(bindings, overrides);
  const holder = holderOf(now, chord, id);
  // A default key comes back when this binding is reset; one that was chosen has to be given up.
  const taken = holder && overrides[holder.id] ? { [holder.id]: holder.keys.filter((key) => key !== chord) } : {};
  return { ...overrides, ...taken, [id]: [chord] };
}

/** The overrides after a binding has its default keys again; who holds one of them by choice keeps it. */
export function withDefault(overrides: KeyOverrides, id: string): KeyOverrides {
  return Object.fromEntries(Object.entries(overrides).filter(([key]) => key !== id));
}
