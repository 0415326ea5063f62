/**
 * A key with what is held beside it, as text: `b`, `?`, `Shift+1`, `Ctrl+Shift+z`, `ArrowUp`, `Space`. Shift is named
 * with letters, digits and named keys only: in `?` it is part of the sign, wherever that lies on a keyboard.
 */

/** Held keys alone are no chord. */
const HELD = new Set(['Control', 'Shift', 'Alt', 'AltGraph', 'Meta', 'CapsLock', 'Dead', 'Process', 'Unidentified']);

type KeyPress = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey' | 'getModifierState'>;

/** @returns null where only held keys are down. */
export function chordOf(event: KeyPress): string | null {
  if (HELD.has(event.key)) return null;
  // AltGr writes signs such as `[`; some systems report it as Ctrl and Alt.
  const writes = event.getModifierState('AltGraph');
  const base = baseOf(event, writes);
  const isSign = base.length === 1 && base.toLowerCase() === base.toUpperCase() && !/\d/.test(base);
  return [
    (event.ctrlKey || event.metaKey) && !writes && 'Ctrl',
    event.altKey && !writes && 'Alt',
    event.shiftKey && !isSign && 'Shift',
    base,
  ]
    .filter(Boolean)
    .join('+');
}

function baseOf({ key, code, altKey }: KeyPress, writes: boolean): string {
  if (key === ' ') return 'Space';
  // What Shift makes of a digit, and Alt of a letter, depends on the keyboard: their place counts.
  const [, digit, letter] = writes ? [] : (/^(?:Digit(\d)|Key([A-Z]))$/.exec(code) ?? []);
  const placed = digit ?? (altKey ? letter : undefined) ?? key;
  return placed.length === 1 ? placed.toLowerCase() : placed;
}

const SHOWN: Readonly<Record<string, string>> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  PageUp: 'Page ↑',
  PageDown: 'Page ↓',
  Shift: '⇧',
  '-': '−',
};

/** Its keys as printed on caps: `['Ctrl', '⇧', 'Z']`. */
export function shownChord(chord: string): string[] {
  const parts = chord === '+' ? ['+'] : chord.replace(/\+\+$/, '+plus').split('+');
  return parts.map((part) => (part === 'plus' ? '+' : (SHOWN[part] ?? (part.length === 1 ? part.toUpperCase() : part))));
}
