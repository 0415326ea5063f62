/** What a drag of each tool does, from pointer-down to pointer-up. */
import {
  automaticWindow,
  type BrushPoint,
  fillLasso,
  floodFill,
  growFromSeed,
  type PaintRules,
  type PaneDrag,
  type PanePoint,
  type PaneSlice,
  pointInSlice,
  type SlicePlane,
  Stroke,
  type Volume,
} from '~/viewer';

import type { LabelEditor } from './labelEditor';
import { GROW_RADIUS_MM, overRules, type ToolState } from './toolset';

/** Below half its width a stroke would vanish under a light pen. */
const LIGHTEST = 0.5;

export function beginDrag(editor: LabelEditor, slice: PaneSlice, point: PanePoint, state: ToolState): PaneDrag | null {
  switch (state.tool) {
    case 'navigate':
      return null;
    case 'brush':
    case 'eraser':
    case 'threshold':
    case 'unsure':
      return brushDrag(editor, slice, point, state);
    case 'lasso':
      return lassoDrag(editor, slice, point, state);
    case 'fill':
    case 'grow':
      return clickDrag(editor, slice, point, state);
  }
}

function planeOf({ geometry, slice }: PaneSlice): SlicePlane {
  return { axis: geometry.slice.axis, slice };
}

function brushDrag(editor: LabelEditor, slice: PaneSlice, first: PanePoint, state: ToolState): PaneDrag {
  const { drawing } = editor;
  const started_at = new Date().toISOString();
  const stroke = new Stroke(drawing.labelmap, {
    plane: state.is3d ? null : planeOf(slice),
    label: brushLabel(state),
    rules: brushRules(slice, state),
  });
  const move = (points: readonly PanePoint[]) => {
    const box = stroke.move(points.map((point) => brushPoint(slice, point, state.radius_mm)));
    if (box) drawing.touch(box);
  };
  drawing.beginStroke(stroke);
  move([first]);
  return {
    move,
    end: () => {
      const edit = stroke.end();
      drawing.count(edit);
      editor.finish(state.tool, edit, started_at, state, state.is3d ? null : planeOf(slice));
      drawing.endStroke(stroke);
    },
    cancel: () => {
      const edit = stroke.end();
      stroke.cancel();
      drawing.touchEdit(edit);
      drawing.endStroke(stroke);
    },
  };
}

function brushLabel({ tool, label, marks }: ToolState) {
  if (tool === 'unsure') return marks;
  return tool === 'eraser' ? 0 : label;
}

function brushPoint({ geometry, slice }: PaneSlice, { position_mm, pressure }: PanePoint, radius_mm: number): BrushPoint {
  const share = pressure === null ? 1 : LIGHTEST + (1 - LIGHTEST) * pressure;
  return { at: pointInSlice(geometry, position_mm, slice), radius_mm: radius_mm * share };
}

function brushRules({ image }: PaneSlice, state: ToolState): PaintRules {
  if (state.tool !== 'threshold') return overRules(state);
  const [low, high] = windowRange(image, state.range);
  // The window's ends stand for everything darker and brighter.
  const range = {
    image: image.voxels,
    low: state.range[0] <= 0 ? -Infinity : low,
    high: state.range[1] >= 1 ? Infinity : high,
  };
  return { ...overRules(state), range };
}

function lassoDrag(editor: LabelEditor, slice: PaneSlice, first: PanePoint, state: ToolState): PaneDrag {
  const points = [first.position_mm];
  const color = editor.color(state.label);
  const show = () => editor.outlineStore.update(() => ({ points_mm: [...points], color }));
  const hide = () => editor.outlineStore.update(() => null);
  show();
  return {
    move: (more) => {
      points.push(...more.map(({ position_mm }) => position_mm));
      show();
    },
    end: () => {
      hide();
      const outline = points.map((point) => pointInSlice(slice.geometry, point, slice.slice));
      const options = { plane: planeOf(slice), rules: overRules(state) };
      editor.attempt(() => editor.paint('lasso', fillLasso(editor.drawing.labelmap, outline, state.label, options), state, options.plane));
    },
    cancel: hide,
  };
}

/** One click; it counts where the pointer went down. */
function clickDrag(editor: LabelEditor, slice: PaneSlice, point: PanePoint, state: ToolState): PaneDrag {
  const at = pointInSlice(slice.geometry, point.position_mm, slice.slice);
  return {
    move: () => undefined,
    cancel: () => undefined,
    end: () =>
      editor.attempt(() => {
        const { labelmap } = editor.drawing;
        const options = { plane: state.is3d ? null : planeOf(slice), label: state.label, rules: overRules(state) };
        if (state.tool === 'fill') return editor.paint('fill', floodFill(labelmap, at, options), state, options.plane);
        const [low, high] = windowRange(slice.image, [0, state.tolerance]);
        const grow = { ...options, image: slice.image.voxels, tolerance: high - low, radius_mm: GROW_RADIUS_MM };
        editor.paint('grow', growFromSeed(labelmap, at, grow), state, options.plane);
      }),
  };
}

/** Intensities at two shares of an image's automatic window. */
export function windowRange(image: Volume, [from, to]: readonly [number, number]): readonly [number, number] {
  const { level, width } = automaticWindow(image);
  const low = level - width / 2;
  return [low + from * width, low + to * width];
}
