/** Keys for how images look: windows, the flip of a pair, the subtraction. */
import { type CaseContent, type CaseImage, contrastPair, slotsOf } from './content';
import { presetWindow, WINDOW_PRESETS, type WindowPreset } from './core/window';
import type { KeyAction, KeyBinding } from './keys';
import { automaticWindow, imageOrProblem, windowOf } from './scene';
import type { ViewerState } from './state';
import type { Volume } from './core/volume';

const PRESET_KEYS: Readonly<Record<string, readonly string[]>> = {
  auto: ['Shift+a'],
  full: ['Shift+u'],
  contrast: ['Shift+c'],
  bright: ['Shift+b'],
  dark: ['Shift+d'],
};
const STEP_SHARE = 0.05;

interface Chosen {
  readonly image: CaseImage;
  readonly volume: Volume;
}

/** The image of the chosen slot, once it is there. */
export function chosenImage(content: CaseContent, state: ViewerState): Chosen | null {
  const slot = slotsOf(content)[state.slot];
  if (slot?.kind !== 'image') return null;
  const volume = imageOrProblem(content, state, slot.image);
  return volume && typeof volume === 'object' ? { image: slot.image, volume } : null;
}

/** The chosen image under a preset. */
export function withPreset(preset: WindowPreset): KeyAction {
  return (state, content) => {
    const chosen = chosenImage(content, state);
    if (!chosen) return state;
    const { image, volume } = chosen;
    return { ...state, windows: { ...state.windows, [image.url]: presetWindow(volume, preset) } };
  };
}

/** The preset that the chosen image has, or null where its window was set by hand. */
export function presetOf(content: CaseContent, state: ViewerState): string | null {
  const chosen = chosenImage(content, state);
  if (!chosen) return null;
  const { level, width } = windowOf(state, chosen.image, chosen.volume);
  const same = WINDOW_PRESETS.find((preset) => {
    const window = presetWindow(chosen.volume, preset);
    return window.level === level && window.width === width;
  });
  return same?.key ?? null;
}

function shiftWindow(brighter: number, wider: number): KeyAction {
  return (state, content) => {
    const chosen = chosenImage(content, state);
    if (!chosen) return state;
    const { image, volume } = chosen;
    const step = STEP_SHARE * automaticWindow(volume).width;
    const { level, width } = windowOf(state, image, volume);
    const next = { level: level - brighter * step, width: Math.max(step / 5, width + wider * step) };
    return { ...state, windows: { ...state.windows, [image.url]: next } };
  };
}

export function contrastKeys(content: CaseContent): KeyBinding[] {
  return [
    ...WINDOW_PRESETS.map((preset) => ({
      id: `window.${preset.key}`,
      keys: PRESET_KEYS[preset.key] ?? [],
      does: `Window: ${preset.name.toLowerCase()}`,
      press: withPreset(preset),
    })),
    { id: 'window.brighter', keys: ['Ctrl+ArrowUp'], does: 'Brighter', press: shiftWindow(1, 0) },
    { id: 'window.darker', keys: ['Ctrl+ArrowDown'], does: 'Darker', press: shiftWindow(-1, 0) },
    { id: 'window.wider', keys: ['Ctrl+ArrowRight'], does: 'Less contrast', press: shiftWindow(0, 1) },
    { id: 'window.narrower', keys: ['Ctrl+ArrowLeft'], does: 'More contrast', press: shiftWindow(0, -1) },
    {
      id: 'flip',
      keys: ['z'],
      does: 'Hold: flip T1 and T1c in place, or another pair',
      press: (state) => ({ ...state, flipping: true }),
      release: (state) => ({ ...state, flipping: false }),
    },
    ...(contrastPair(content) ? [subtractionKey(content)] : []),
  ];
}

function subtractionKey(content: CaseContent): KeyBinding {
  const name = content.images.find(({ difference }) => difference)?.name ?? 'Subtraction';
  return {
    id: 'subtraction',
    keys: ['Shift+z'],
    does: `Pane of ${name} on or off`,
    press: (state) => ({ ...state, subtraction: !state.subtraction }),
  };
}
