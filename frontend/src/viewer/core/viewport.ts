/** Where a slice lies in a pane. Screen positions are CSS pixels from the pane's top left corner. */
import type { PlaneGeometry } from './planes';

export type Point = readonly [number, number];

/** Zoom and pan shared by linked panes. */
export interface View {
  /** 1 fits the geometry's focus into the pane. */
  readonly zoom: number;
  /** Shift of the slice on screen, in mm of the slice: right, down. */
  readonly pan_mm: Point;
}

export interface Viewport {
  readonly pixelsPerMm: number;
  /** Screen position of the slice's top left corner. */
  readonly origin_px: Point;
}

export const FITTED: View = { zoom: 1, pan_mm: [0, 0] };
export const ZOOM_RANGE = [0.5, 24] as const;
/** Free rim around a fitted slice, so that edge letters stay off the head. */
const RIM_PX: Point = [38, 24];

export function placeSlice(geometry: PlaneGeometry, pane_px: Point, view: View): Viewport {
  const { left, top, width, height } = geometry.focus_mm;
  const [width_px, height_px] = pane_px;
  const fit = Math.max(
    0.01,
    Math.min((width_px - 2 * RIM_PX[0]) / width, (height_px - 2 * RIM_PX[1]) / height),
  );
  const pixelsPerMm = fit * view.zoom;
  return {
    pixelsPerMm,
    origin_px: [
      width_px / 2 + (view.pan_mm[0] - left - width / 2) * pixelsPerMm,
      height_px / 2 + (view.pan_mm[1] - top - height / 2) * pixelsPerMm,
    ],
  };
}

export function screenToPlane_mm({ pixelsPerMm, origin_px }: Viewport, screen_px: Point): Point {
  return [(screen_px[0] - origin_px[0]) / pixelsPerMm, (screen_px[1] - origin_px[1]) / pixelsPerMm];
}

/** Zoom by a factor so that what lies under the anchor (screen position) stays under it. */
export function zoomAround(
  view: View,
  factor: number,
  geometry: PlaneGeometry,
  pane_px: Point,
  anchor_px: Point,
): View {
  const zoom = Math.min(ZOOM_RANGE[1], Math.max(ZOOM_RANGE[0], view.zoom * factor));
  const held_mm = screenToPlane_mm(placeSlice(geometry, pane_px, view), anchor_px);
  const zoomed = { ...view, zoom };
  const now_mm = screenToPlane_mm(placeSlice(geometry, pane_px, zoomed), anchor_px);
  return { zoom, pan_mm: [view.pan_mm[0] + now_mm[0] - held_mm[0], view.pan_mm[1] + now_mm[1] - held_mm[1]] };
}

/** A drag in screen pixels. */
export function panBy(view: View, delta_px: Point, pixelsPerMm: number): View {
  return {
    ...view,
    pan_mm: [view.pan_mm[0] + delta_px[0] / pixelsPerMm, view.pan_mm[1] + delta_px[1] / pixelsPerMm],
  };
}

/**
 * Slices to move for a wheel event, and what stays for the next: a notch of a mouse wheel is one slice, a
 * trackpad's many small steps add up.
 */
export function wheelSteps(rest_px: number, delta_px: number): { steps: number; rest_px: number } {
  const notch_px = 50;
  if (Math.abs(delta_px) >= notch_px) return { steps: Math.sign(delta_px), rest_px: 0 };
  const sum = rest_px + delta_px;
  const steps = Math.trunc(sum / (notch_px / 2));
  return { steps, rest_px: sum - (steps * notch_px) / 2 };
}
