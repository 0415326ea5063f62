/** The keyboard, as one table: what the handler does and what the key sheet says. */
import { ZOOM_RANGE } from './core/viewport';
import type { CaseContent } from './content';
import { geometryOf, referenceVolume } from './scene';
import type { Session } from './session';
import { resetView, stepSlices, type ViewerState } from './state';

type Change = (state: ViewerState, content: CaseContent, key: string) => ViewerState;

export interface KeyBinding {
  /** Values of `KeyboardEvent.key`, letters in lower case. */
  readonly keys: readonly string[];
  /** As printed on the key sheet. */
  readonly shown: readonly string[];
  readonly does: string;
  readonly press: Change;
  readonly release?: Change;
  /** With Ctrl (or ⌘), and with or without Shift. */
  readonly ctrl?: 'ctrl' | 'ctrl+shift';
}

const LEAP_SLICES = 10;

const step =
  (steps: number): Change =>
  (state, content) => {
    const volume = referenceVolume(content, state);
    const geometry = geometryOf(content, state, state.plane);
    return volume && geometry ? stepSlices(state, volume.shape, geometry, steps) : state;
  };

const zoomBy =
  (factor: number): Change =>
  (state) => ({ ...state, zoom: Math.min(ZOOM_RANGE[1], Math.max(ZOOM_RANGE[0], state.zoom * factor)) });

const fade =
  (delta: number): Change =>
  (state) => ({ ...state, opacity: Math.round(20 * Math.min(1, Math.max(0, state.opacity + delta))) / 20 });

const set =
  (patch: Partial<ViewerState>): Change =>
  (state) => ({ ...state, ...patch });

const chooseSlot: Change = (state, content, key) => {
  const slot = Number(key) - 1;
  return slot < content.images.length + content.missing.length ? { ...state, slot } : state;
};

export const KEY_BINDINGS: readonly KeyBinding[] = [
  { keys: ['ArrowUp', 'ArrowRight'], shown: ['↑', '→'], does: 'Next slice, towards top, front or left', press: step(1) },
  { keys: ['ArrowDown', 'ArrowLeft'], shown: ['↓', '←'], does: 'Previous slice', press: step(-1) },
  { keys: ['PageUp'], shown: ['Page ↑'], does: 'Ten slices forward', press: step(LEAP_SLICES) },
  { keys: ['PageDown'], shown: ['Page ↓'], does: 'Ten slices back', press: step(-LEAP_SLICES) },
  { keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'], shown: ['1', '…', '4'], does: 'Choose a sequence', press: chooseSlot },
  { keys: ['a'], shown: ['A'], does: 'Axial', press: set({ plane: 'axial' }) },
  { keys: ['c'], shown: ['C'], does: 'Coronal', press: set({ plane: 'coronal' }) },
  { keys: ['s'], shown: ['S'], does: 'Sagittal', press: set({ plane: 'sagittal' }) },
  { keys: ['o'], shown: ['O'], does: 'Overlays on or off', press: (s) => ({ ...s, overlaysOn: !s.overlaysOn }) },
  {
    keys: ['b'],
    shown: ['B'],
    does: 'Hold: compare with the bare image',
    press: set({ blinking: true }),
    release: set({ blinking: false }),
  },
  {
    keys: ['f'],
    shown: ['F'],
    does: 'Fill or outline',
    press: (s) => ({ ...s, style: s.style === 'fill' ? 'outline' : 'fill' }),
  },
  { keys: ['['], shown: ['['], does: 'Overlays fainter', press: fade(-0.1) },
  { keys: [']'], shown: [']'], does: 'Overlays stronger', press: fade(0.1) },
  { keys: ['x'], shown: ['X'], does: 'Crosshair on or off', press: (s) => ({ ...s, crosshairShown: !s.crosshairShown }) },
  { keys: ['+', '='], shown: ['+'], does: 'Zoom in', press: zoomBy(1.25) },
  { keys: ['-'], shown: ['−'], does: 'Zoom out', press: zoomBy(0.8) },
  { keys: ['r'], shown: ['R'], does: 'Reset zoom, pan and windows', press: resetView },
  { keys: [' '], shown: ['Space'], does: 'Hold and drag: pan', press: set({ panning: true }), release: set({ panning: false }) },
  { keys: ['?'], shown: ['?'], does: 'This sheet', press: (s) => ({ ...s, keySheetOpen: !s.keySheetOpen }) },
];

export const POINTER_HELP: readonly (readonly [string, string])[] = [
  ['Wheel', 'Slices'],
  ['Drag', 'Crosshair'],
  ['Right or Shift drag', 'Window: right widens, up brightens'],
  ['Ctrl wheel, pinch', 'Zoom'],
  ['Middle or Space drag', 'Pan'],
  ['Double click', 'One large pane and back'],
];

function bindingOf(bindings: readonly KeyBinding[], event: KeyboardEvent): KeyBinding | undefined {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const held = event.ctrlKey || event.metaKey ? (event.shiftKey ? 'ctrl+shift' : 'ctrl') : undefined;
  return bindings.find(({ keys, ctrl }) => ctrl === held && keys.includes(key));
}

/** Keys that a focused control uses itself. */
function belongsToControl(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest('textarea, select, input:not([type=radio], [type=checkbox])')) return true;
  const navigation = key === ' ' || key.startsWith('Arrow') || key.startsWith('Page');
  return navigation && target.closest('button, input, a, [role=slider]:not([data-slice-pane])') !== null;
}

/**
 * @param bindings the first that fits is taken.
 * @returns a function that detaches the listeners.
 */
export function attachKeys({ store, content }: Session, bindings: readonly KeyBinding[] = KEY_BINDINGS): () => void {
  const down = (event: KeyboardEvent) => {
    if (event.altKey || belongsToControl(event.target, event.key)) return;
    const binding = bindingOf(bindings, event);
    if (!binding || (store.get().keySheetOpen && event.key !== '?')) return;
    event.preventDefault();
    store.update((state) => binding.press(state, content, event.key));
  };
  const up = (event: KeyboardEvent) => {
    const release = bindingOf(bindings, event)?.release;
    if (release) store.update((state) => release(state, content, event.key));
  };
  // A key that is held while the window loses focus is never released here.
  const blur = () => store.update((state) => ({ ...state, blinking: false, panning: false }));
  document.addEventListener('keydown', down);
  document.addEventListener('keyup', up);
  window.addEventListener('blur', blur);
  return () => {
    document.removeEventListener('keydown', down);
    document.removeEventListener('keyup', up);
    window.removeEventListener('blur', blur);
  };
}
