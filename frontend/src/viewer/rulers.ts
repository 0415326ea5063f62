/** Rulers on the slices, as pure transitions. */
import { pointInSlice } from './core/tools/grid';
import { distance_mm, type Ruler } from './core/measure';
import type { PlaneGeometry } from './core/planes';
import type { Volume } from './core/volume';
import type { Point } from './core/viewport';
import { geometryOf } from './scene';
import type { ViewerState } from './state';
import type { CaseContent } from './content';

/** Shorter is a click, and no ruler. */
const SHORTEST_MM = 0.5;

/** A ruler of no length, at a position in mm of the slice; the pointer draws it out. */
export function beginRuler(state: ViewerState, geometry: PlaneGeometry, slice: number, at_mm: Point): ViewerState {
  const place = pointInSlice(geometry, at_mm, slice);
  const { axis } = geometry.slice;
  return { ...state, rulers: [...state.rulers, { id: nextId(state), axis, slice, from: place, to: place }] };
}

export function drawRuler(state: ViewerState, geometry: PlaneGeometry, to_mm: Point): ViewerState {
  const ruler = state.rulers.at(-1);
  if (!ruler) return state;
  const moved = { ...ruler, to: pointInSlice(geometry, to_mm, ruler.slice) };
  return { ...state, rulers: [...state.rulers.slice(0, -1), moved] };
}

export function rulerLength_mm(volume: Volume, { from, to }: Ruler): number {
  return distance_mm(volume, from, to);
}

/** Drop the ruler that was only a click. */
export function endRuler(state: ViewerState, volume: Volume): ViewerState {
  const ruler = state.rulers.at(-1);
  return ruler && rulerLength_mm(volume, ruler) < SHORTEST_MM ? forgetRuler(state, ruler.id) : state;
}

/** By keyboard: the first press says where a ruler begins, the second where it ends. */
export function endRulerAtCrosshair(state: ViewerState, content: CaseContent): ViewerState {
  const { crosshair, rulerFrom } = state;
  const geometry = geometryOf(content, state, state.plane);
  if (!crosshair || !geometry) return state;
  const { axis } = geometry.slice;
  if (rulerFrom?.[axis] !== crosshair[axis]) return { ...state, rulerFrom: crosshair };
  const ruler = { id: nextId(state), axis, slice: crosshair[axis], from: rulerFrom, to: crosshair };
  return { ...state, rulers: [...state.rulers, ruler], rulerFrom: null };
}

export function forgetLastRuler(state: ViewerState): ViewerState {
  return { ...state, rulers: state.rulers.slice(0, -1), rulerFrom: null };
}

export function forgetRuler(state: ViewerState, id: number): ViewerState {
  return { ...state, rulers: state.rulers.filter((ruler) => ruler.id !== id) };
}

function nextId({ rulers }: ViewerState): number {
  return (rulers.at(-1)?.id ?? 0) + 1;
}
