/** What the viewer's keys do, and which they are unless the person chooses others. */
import { labelId, slotsOf, type CaseContent } from './content';
import { contrastKeys } from './contrastKeys';
import { ZOOM_RANGE } from './core/viewport';
import type { KeyAction, KeyBinding } from './keys';
import { endRulerAtCrosshair, forgetLastRuler } from './rulers';
import { geometryOf, referenceVolume } from './scene';
import { nudge, panByShare, resetView, stepSlices, toggle3d, toggled, type ViewerState } from './state';

const LEAP_SLICES = 10;
const PAN_SHARE = 0.05;

const step =
  (steps: number): KeyAction =>
  (state, content) => {
    const volume = referenceVolume(content, state);
    const geometry = geometryOf(content, state, state.plane);
    return volume && geometry ? stepSlices(state, volume.shape, geometry, steps) : state;
  };

const aside =
  (right: number, down: number): KeyAction =>
  (state, content) => {
    const volume = referenceVolume(content, state);
    const geometry = geometryOf(content, state, state.plane);
    return volume && geometry ? nudge(state, volume.shape, geometry, right, down) : state;
  };

const pan =
  (right: number, down: number): KeyAction =>
  (state, content) => {
    const geometry = geometryOf(content, state, state.plane);
    return geometry ? panByShare(state, geometry, right * PAN_SHARE, down * PAN_SHARE) : state;
  };

const zoomBy =
  (factor: number): KeyAction =>
  (state) => ({ ...state, zoom: Math.min(ZOOM_RANGE[1], Math.max(ZOOM_RANGE[0], state.zoom * factor)) });

const fade =
  (delta: number): KeyAction =>
  (state) => ({ ...state, opacity: Math.round(20 * Math.min(1, Math.max(0, state.opacity + delta))) / 20 });

const set =
  (patch: Partial<ViewerState>): KeyAction =>
  (state) => ({ ...state, ...patch });

const MOVES: readonly KeyBinding[] = [
  { id: 'slice.next', keys: ['ArrowUp', 'ArrowRight'], does: 'Next slice, towards top, front or left', press: step(1) },
  { id: 'slice.previous', keys: ['ArrowDown', 'ArrowLeft'], does: 'Previous slice', press: step(-1) },
  { id: 'slice.leap', keys: ['PageUp'], does: 'Ten slices forward', press: step(LEAP_SLICES) },
  { id: 'slice.leapBack', keys: ['PageDown'], does: 'Ten slices back', press: step(-LEAP_SLICES) },
  { id: 'crosshair.up', keys: ['Shift+ArrowUp'], does: 'Crosshair up', press: aside(0, -1) },
  { id: 'crosshair.down', keys: ['Shift+ArrowDown'], does: 'Crosshair down', press: aside(0, 1) },
  { id: 'crosshair.left', keys: ['Shift+ArrowLeft'], does: 'Crosshair left', press: aside(-1, 0) },
  { id: 'crosshair.right', keys: ['Shift+ArrowRight'], does: 'Crosshair right', press: aside(1, 0) },
  { id: 'plane.axial', keys: ['a'], does: 'Axial', press: set({ plane: 'axial' }) },
  { id: 'plane.coronal', keys: ['c'], does: 'Coronal', press: set({ plane: 'coronal' }) },
  { id: 'plane.sagittal', keys: ['s'], does: 'Sagittal', press: set({ plane: 'sagittal' }) },
];

const VIEW: readonly KeyBinding[] = [
  { id: 'zoom.in', keys: ['+', '='], does: 'Zoom in', press: zoomBy(1.25) },
  { id: 'zoom.out', keys: ['-'], does: 'Zoom out', press: zoomBy(0.8) },
  { id: 'pan.up', keys: ['Ctrl+Shift+ArrowUp'], does: 'Pan up', press: pan(0, -1) },
  { id: 'pan.down', keys: ['Ctrl+Shift+ArrowDown'], does: 'Pan down', press: pan(0, 1) },
  { id: 'pan.left', keys: ['Ctrl+Shift+ArrowLeft'], does: 'Pan left', press: pan(-1, 0) },
  { id: 'pan.right', keys: ['Ctrl+Shift+ArrowRight'], does: 'Pan right', press: pan(1, 0) },
  { id: 'reset', keys: ['r'], does: 'Reset zoom, pan and windows', press: resetView },
  {
    id: 'pan.hold',
    keys: ['Space'],
    does: 'Hold and drag: pan',
    press: set({ panning: true }),
    release: set({ panning: false }),
  },
  { id: 'layout.3d', keys: ['Shift+s'], does: 'Labels in 3D on or off', press: toggle3d },
  { id: 'crosshair', keys: ['x'], does: 'Crosshair on or off', press: (s) => ({ ...s, crosshairShown: !s.crosshairShown }) },
  { id: 'keys', keys: ['?'], does: 'This sheet', press: (s) => ({ ...s, keySheetOpen: !s.keySheetOpen }) },
];

const OVERLAYS: readonly KeyBinding[] = [
  { id: 'overlays', keys: ['o'], does: 'Overlays on or off', press: (s) => ({ ...s, overlaysOn: !s.overlaysOn }) },
  {
    id: 'bare',
    keys: ['b'],
    does: 'Hold: compare with the bare image',
    press: set({ blinking: true }),
    release: set({ blinking: false }),
  },
  {
    id: 'style',
    keys: ['f'],
    does: 'Fill or outline',
    press: (s) => ({ ...s, style: s.style === 'fill' ? 'outline' : 'fill' }),
  },
  { id: 'opacity.less', keys: ['['], does: 'Overlays fainter', press: fade(-0.1) },
  { id: 'opacity.more', keys: [']'], does: 'Overlays stronger', press: fade(0.1) },
];

const MEASURE: readonly KeyBinding[] = [
  { id: 'ruler', keys: ['m'], does: 'Ruler: drag to measure', press: (s) => ({ ...s, measuring: !s.measuring }) },
  { id: 'ruler.end', keys: ['Shift+m'], does: 'Ruler from or to the crosshair', press: endRulerAtCrosshair },
  { id: 'ruler.forget', keys: ['Shift+Backspace'], does: 'Remove the last ruler', press: forgetLastRuler },
];

/** In the order of precedence. */
export function viewerKeys(content: CaseContent): KeyBinding[] {
  return [
    ...grouped('Slices', MOVES),
    ...grouped('View', [...VIEW, ...sequenceKeys(content)]),
    ...grouped('Contrast', contrastKeys(content)),
    ...grouped('Labels', [...OVERLAYS, ...visibilityKeys(content)]),
    ...grouped('Measure', MEASURE),
  ];
}

export function grouped(group: string, bindings: readonly KeyBinding[]): KeyBinding[] {
  return bindings.map((binding) => ({ ...binding, group }));
}

function sequenceKeys(content: CaseContent): KeyBinding[] {
  return slotsOf(content)
    .slice(0, 9)
    .map(({ name }, slot) => ({
      id: `sequence.${slot + 1}`,
      keys: [String(slot + 1)],
      does: `Choose ${name}`,
      press: set({ slot }),
    }));
}

/** Labels of the first overlay's scheme; others of the same scheme follow. */
function visibilityKeys({ overlays }: CaseContent): KeyBinding[] {
  const scheme = overlays[0]?.scheme;
  const labels = scheme?.labels.filter(({ value }) => value !== 0).slice(0, 9) ?? [];
  return labels.map(({ value, name }, i) => ({
    id: `visible.${i + 1}`,
    keys: [`Shift+${i + 1}`],
    does: `Show or hide ${name}`,
    press: (state) =>
      scheme ? { ...state, hiddenLabels: toggled(state.hiddenLabels, labelId(scheme, value)) } : state,
  }));
}

export const POINTER_HELP: readonly (readonly [string, string])[] = [
  ['Wheel', 'Slices'],
  ['Drag', 'Crosshair'],
  ['Right or Shift drag', 'Window: right widens, up brightens'],
  ['Ctrl wheel, pinch', 'Zoom'],
  ['Middle or Space drag', 'Pan'],
  ['Double click', 'One large pane and back'],
];
