/** The keys of those who draw, before the viewer's: where both want one by default, the viewer's action has another. */
import { type CaseContent, grouped, type KeyAction, type KeyBinding, POINTER_HELP, viewerKeys } from '~/viewer';

import type { LabelEditor } from './labelEditor';
import { ACTION_KEYS, ACTIONS, nextOver, resized, type ToolKey, TOOLS } from './toolset';

/** Keys of the viewer's actions where painting has taken their own. */
const MOVED: Readonly<Record<string, readonly string[]>> = {
  style: ['w'],
  'opacity.less': [','],
  'opacity.more': ['.'],
  bare: ['q'],
};

export function drawingKeys(editor: LabelEditor, content: CaseContent): KeyBinding[] {
  const own = [
    ...grouped('Tools', toolKeys(editor)),
    ...grouped('At once', ACTION_KEYS.map((action) => ({
      id: `action.${action}`,
      keys: [ACTIONS[action].letter],
      does: ACTIONS[action].name,
      press: doing(() => editor.act(action)),
    }))),
    ...grouped('Labels', labelKeys(editor)),
    ...grouped('Checks', lintKeys(editor)),
  ];
  const taken = new Set(own.flatMap(({ keys }) => keys));
  const viewers = viewerKeys(content).map((binding) => ({
    ...binding,
    keys: MOVED[binding.id] ?? sequenceKey(binding.id) ?? binding.keys.filter((key) => !taken.has(key)),
  }));
  return [...own, ...viewers];
}

/** Digits choose labels, so that sequences go by Alt and their place. */
function sequenceKey(id: string): string[] | null {
  const place = /^sequence\.(\d)$/.exec(id)?.[1];
  return place ? [`Alt+${place}`] : null;
}

/** Beside the viewer's state, not within its change. */
export function doing(act: () => void): KeyAction {
  return (state) => {
    queueMicrotask(act);
    return state;
  };
}

function toolKeys(editor: LabelEditor): KeyBinding[] {
  const size = (direction: 1 | -1) =>
    doing(() => editor.choose({ radius_mm: resized(editor.tools.get().radius_mm, direction) }));
  return [
    { id: 'undo', keys: ['Ctrl+z'], does: 'Undo', press: doing(() => editor.undo()) },
    { id: 'redo', keys: ['Ctrl+Shift+z', 'Ctrl+y'], does: 'Redo', press: doing(() => editor.redo()) },
    ...editor.toolKeys.map((tool) => ({
      id: `tool.${tool}`,
      keys: [TOOLS[tool].letter],
      does: TOOLS[tool].name,
      press: doing(() => takeTool(editor, tool)),
    })),
    { id: 'brush.smaller', keys: ['['], does: 'Smaller brush', press: size(-1) },
    { id: 'brush.larger', keys: [']'], does: 'Larger brush', press: size(1) },
    {
      id: 'depth',
      keys: ['d'],
      does: 'Slice or volume (2D, 3D)',
      press: doing(() => editor.choose({ is3d: !editor.tools.get().is3d })),
    },
    {
      id: 'over',
      keys: ['p'],
      does: 'Paint over everything, background only, or one label',
      press: doing(() => editor.choose({ over: nextOver(editor.scheme.labels, editor.tools.get().over) })),
    },
    {
      id: 'regions',
      keys: ['j'],
      does: 'Keep regions consistent',
      press: doing(() => editor.choose({ keepRegions: !editor.tools.get().keepRegions })),
    },
  ];
}

/** The confidence brush taken again clears marks, and sets them the next time. */
export function takeTool(editor: LabelEditor, tool: ToolKey): void {
  const state = editor.tools.get();
  if (tool !== 'unsure') return editor.choose({ tool });
  editor.choose({ tool, marks: state.tool === 'unsure' && state.marks === 'unsure' ? 'sure' : 'unsure' });
}

function labelKeys(editor: LabelEditor): KeyBinding[] {
  return editor.scheme.labels
    .filter(({ value }) => value !== 0)
    .slice(0, 9)
    .map(({ name, value }, i) => ({
      id: `label.${i + 1}`,
      keys: [String(i + 1)],
      does: `Paint ${name}`,
      press: doing(() => editor.choose({ label: value })),
    }));
}

function lintKeys({ linting }: LabelEditor): KeyBinding[] {
  return [
    { id: 'lint.next', keys: [';'], does: 'Next finding', press: doing(() => linting.step(1)) },
    { id: 'lint.previous', keys: ["'"], does: 'Previous finding', press: doing(() => linting.step(-1)) },
    { id: 'lint.fix', keys: ['\\'], does: 'Fix the finding, and go to the next', press: doing(() => linting.fix()) },
  ];
}

export const DRAWING_POINTER: typeof POINTER_HELP = [
  ['Drag', 'Paint with the tool; a pen\'s pressure sets the size'],
  ['Ctrl drag', 'Crosshair'],
  ...POINTER_HELP.filter(([gesture]) => gesture !== 'Drag' && gesture !== 'Double click'),
];
