import { createContext, type ReactNode, useContext, useEffect, useMemo } from 'react';

import { shownChord } from './chords';
import { type KeyBinding, attachKeys } from './keys';
import { type KeyScope, overridesOf, withOverrides } from './keyScope';
import { KeySheet } from './KeySheet';
import { useSession } from './session';
import { useStore } from './store';
import { POINTER_HELP } from './viewerKeys';

interface KeyboardProps {
  /** Keep its identity while nothing changes. */
  readonly bindings: readonly KeyBinding[];
  /** Under which name the person's own keys are kept. */
  readonly scope: KeyScope;
  readonly pointer?: readonly (readonly [string, string])[];
  readonly children: ReactNode;
}

const BindingsContext = createContext<readonly KeyBinding[]>([]);

/** The keys of a page around a viewer, with their sheet; buttons inside find their keys with `useKeyOf`. */
export function Keyboard({ bindings, scope, pointer = POINTER_HELP, children }: KeyboardProps) {
  const session = useSession();
  const overrides = useStore(overridesOf(scope), (all) => all);
  const current = useMemo(() => withOverrides(bindings, overrides), [bindings, overrides]);
  useEffect(() => attachKeys(session, bindings, scope), [session, bindings, scope]);
  return (
    <BindingsContext value={current}>
      {children}
      <KeySheet bindings={bindings} scope={scope} pointer={pointer} />
    </BindingsContext>
  );
}

/** A binding's first key as people read it, such as `⇧ Z`; empty where it has none. */
export function useKeyOf(id: string): string {
  const keys = useContext(BindingsContext).find((binding) => binding.id === id)?.keys;
  return keys?.[0] ? shownChord(keys[0]).join(' ') : '';
}

/** A name with its key: `Brush (B)`. */
export function useNameWithKey(name: string, id: string): string {
  const key = useKeyOf(id);
  return key ? `${name} (${key})` : name;
}
