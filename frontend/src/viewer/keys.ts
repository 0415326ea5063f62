/** The keyboard: whatever the bindings say, under the keys that the person has chosen. */
import { chordOf } from './chords';
import type { CaseContent } from './content';
import { type KeyScope, overridesOf, withOverrides } from './keyScope';
import type { Session } from './session';
import type { ViewerState } from './state';

export type KeyAction = (state: ViewerState, content: CaseContent) => ViewerState;

export interface KeyBinding {
  /** Stays the same for ever: what a person has set is kept under it. */
  readonly id: string;
  /** Chords as `chordOf` names them; none where it has no key by itself. */
  readonly keys: readonly string[];
  readonly does: string;
  /** Heading on the key sheet. */
  readonly group?: string;
  readonly press: KeyAction;
  /** When the key is let go. */
  readonly release?: KeyAction;
}

/** Keys that a focused control uses itself. */
function belongsToControl({ target, key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest('textarea, select, input:not([type=radio], [type=checkbox])')) return true;
  if (ctrlKey || metaKey || altKey) return false;
  const navigation = key === ' ' || key === 'Enter' || key.startsWith('Arrow') || key.startsWith('Page');
  return navigation && target.closest('button, input, a, [role=slider]:not([data-slice-pane])') !== null;
}

/**
 * @param bindings the first that fits is taken.
 * @param scope whose keys are meant where the person has changed some.
 * @returns a function that detaches the listeners.
 */
export function attachKeys(
  { store, content }: Session,
  bindings: readonly KeyBinding[],
  scope: KeyScope = 'viewer',
): () => void {
  const overrides = overridesOf(scope);
  /** By the key that holds them down, whatever is held beside it when it is let go. */
  const held = new Map<string, KeyAction>();
  const down = (event: KeyboardEvent) => {
    if (belongsToControl(event)) return;
    const chord = chordOf(event);
    const binding = withOverrides(bindings, overrides.get()).find(({ keys }) => chord !== null && keys.includes(chord));
    if (!binding || (store.get().keySheetOpen && binding.id !== 'keys')) return;
    event.preventDefault();
    if (binding.release) {
      if (event.repeat || held.has(event.code)) return;
      held.set(event.code, binding.release);
    }
    store.update((state) => binding.press(state, content));
  };
  const letGo = (code: string) => {
    const release = held.get(code);
    held.delete(code);
    if (release) store.update((state) => release(state, content));
  };
  const up = (event: KeyboardEvent) => letGo(event.code);
  // A key that is held while the window loses focus is never released here.
  const blur = () => [...held.keys()].forEach(letGo);
  document.addEventListener('keydown', down);
  document.addEventListener('keyup', up);
  window.addEventListener('blur', blur);
  return () => {
    document.removeEventListener('keydown', down);
    document.removeEventListener('keyup', up);
    window.removeEventListener('blur', blur);
    blur();
  };
}
