/** Which part of a drawn slice has to be drawn again when nothing but labels were painted since: a brush's, not a pane's. */
import type { DisplayAxis } from './core/planes';
import { voxelIndex } from './core/planes';
import type { OverlayLayer, SliceFrame } from './renderer';

/** Part of a slice in pixels, which are its voxels, from its top left corner. */
export interface PixelBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** What a canvas shows. */
export class DrawnFrame {
  private readonly revisions: readonly number[];

  constructor(private readonly frame: SliceFrame) {
    this.revisions = frame.overlays.map(({ changes }) => changes?.revision ?? 0);
  }

  /** What labels were painted since in its slice: a box, perhaps an empty one; null where more than that differs. */
  paintedSince(frame: SliceFrame): PixelBox | null {
    if (!isSamePicture(this.frame, frame)) return null;
    const { column, row, slice } = frame.geometry;
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const [i, { changes }] of frame.overlays.entries()) {
      const box = changes?.changedSince(this.revisions[i] ?? 0);
      if (!box || frame.slice < box.low[slice.axis] || frame.slice > box.high[slice.axis]) continue;
      const [x0, x1] = span(column, box.low[column.axis], box.high[column.axis]);
      const [y0, y1] = span(row, box.low[row.axis], box.high[row.axis]);
      [left, top] = [Math.min(left, x0), Math.min(top, y0)];
      [right, bottom] = [Math.max(right, x1 + 1), Math.max(bottom, y1 + 1)];
    }
    return right < left ? { left: 0, top: 0, width: 0, height: 0 } : { left, top, width: right - left, height: bottom - top };
  }
}

/** First and last display index of voxels along an axis. */
export function span(display: DisplayAxis, low: number, high: number): readonly [number, number] {
  const [a, b] = [voxelIndex(display, low), voxelIndex(display, high)];
  return a < b ? [a, b] : [b, a];
}

function isSamePicture(a: SliceFrame, b: SliceFrame): boolean {
  return (
    a.volume === b.volume &&
    a.geometry === b.geometry &&
    a.slice === b.slice &&
    a.window === b.window &&
    a.view.zoom === b.view.zoom &&
    isSamePoint(a.view.pan_mm, b.view.pan_mm) &&
    a.style === b.style &&
    a.opacity === b.opacity &&
    isSamePoint(a.crosshair_mm, b.crosshair_mm) &&
    a.overlays.length === b.overlays.length &&
    a.overlays.every((layer, i) => isSameLayer(layer, b.overlays[i]))
  );
}

function isSameLayer(a: OverlayLayer, b: OverlayLayer | undefined): boolean {
  return (
    a.key === b?.key &&
    a.labelmap === b.labelmap &&
    a.palette === b.palette &&
    a.look === b.look &&
    a.changes === b.changes &&
    (a.changes !== undefined || a.revision === b.revision)
  );
}

function isSamePoint(a: readonly [number, number] | null, b: readonly [number, number] | null): boolean {
  return a === b || (a?.[0] === b?.[0] && a?.[1] === b?.[1]);
}
