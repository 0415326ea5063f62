/** The studio's keys, before the viewer's: where both want one, the viewer's function moves to another. */
import { KEY_BINDINGS, type KeyBinding, POINTER_HELP, type ViewerState } from '~/viewer';

import type { Studio } from './studio';
import { ACTION_KEYS, ACTIONS, resized, TOOL_KEYS, TOOLS } from './toolset';

type Change = (state: ViewerState) => ViewerState;

export function studioKeys(studio: Studio): KeyBinding[] {
  const labels = studio.scheme.labels.filter(({ value }) => value !== 0).slice(0, 9);
  const doing = (act: () => void): Change => (state) => {
    // Beside the viewer's state, not within its change.
    queueMicrotask(act);
    return state;
  };
  const chooseLabel = (index: number) => {
    const label = labels[index];
    if (label) studio.choose({ label: label.value });
  };
  const size = (direction: 1 | -1) =>
    doing(() => studio.choose({ radius_mm: resized(studio.tools.get().radius_mm, direction) }));
  const own: KeyBinding[] = [
    { keys: ['z'], ctrl: 'ctrl', shown: ['Ctrl', 'Z'], does: 'Undo', press: doing(() => studio.undo()) },
    { keys: ['z'], ctrl: 'ctrl+shift', shown: ['Ctrl', '⇧', 'Z'], does: 'Redo', press: doing(() => studio.redo()) },
    { keys: ['y'], ctrl: 'ctrl', shown: ['Ctrl', 'Y'], does: 'Redo', press: doing(() => studio.redo()) },
    ...labels.map(({ name }, i): KeyBinding => {
      const key = String(i + 1);
      return { keys: [key], shown: [key], does: `Label ${name}`, press: doing(() => chooseLabel(i)) };
    }),
    ...TOOL_KEYS.map((tool): KeyBinding => {
      const { letter, name } = TOOLS[tool];
      return { keys: [letter], shown: [letter.toUpperCase()], does: name, press: doing(() => studio.choose({ tool })) };
    }),
    ...ACTION_KEYS.map((action): KeyBinding => {
      const { letter, name } = ACTIONS[action];
      return { keys: [letter], shown: [letter.toUpperCase()], does: name, press: doing(() => studio.act(action)) };
    }),
    {
      keys: ['d'],
      shown: ['D'],
      does: 'Slice or volume (2D, 3D)',
      press: doing(() => studio.choose({ is3d: !studio.tools.get().is3d })),
    },
    { keys: ['['], shown: ['['], does: 'Smaller brush', press: size(-1) },
    { keys: [']'], shown: [']'], does: 'Larger brush', press: size(1) },
    { keys: ['w'], shown: ['W'], does: 'Fill or outline', press: moved('f') },
    { keys: [','], shown: [','], does: 'Labels fainter', press: moved('[') },
    { keys: ['.'], shown: ['.'], does: 'Labels stronger', press: moved(']') },
    {
      keys: ['q'],
      shown: ['Q'],
      does: 'Hold: compare with the bare image',
      press: (state) => ({ ...state, blinking: true }),
      release: (state) => ({ ...state, blinking: false }),
    },
  ];
  return [...own, ...KEY_BINDINGS.filter((binding) => !own.some((other) => clashes(binding, other)))];
}

/** A function of the viewer under another key. */
function moved(key: string): KeyBinding['press'] {
  const binding = KEY_BINDINGS.find(({ keys }) => keys.includes(key));
  return (state, content) => binding?.press(state, content, key) ?? state;
}

function clashes(viewer: KeyBinding, own: KeyBinding): boolean {
  return viewer.ctrl === own.ctrl && viewer.keys.some((key) => own.keys.includes(key));
}

export const STUDIO_POINTER: typeof POINTER_HELP = [
  ['Drag', 'Paint with the tool; a pen\'s pressure sets the size'],
  ['Ctrl drag', 'Crosshair'],
  ...POINTER_HELP.filter(([gesture]) => gesture !== 'Drag' && gesture !== 'Double click'),
];
