/** The seam between what is shown and how it is drawn. */
import type { OverlayLook } from './content';
import type { LabelChanges } from './core/changes';
import type { PlaneGeometry } from './core/planes';
import type { Palette } from './core/slices';
import type { Labelmap, Volume } from './core/volume';
import type { IntensityWindow } from './core/window';
import type { Point, View, Viewport } from './core/viewport';
import type { OverlayStyle } from './state';

export interface OverlayLayer {
  readonly key: string;
  readonly labelmap: Labelmap;
  /** Grows when the voxels change in place, as an editor does; caches compare it. */
  readonly revision: number;
  /** Of a labelmap that is painted in place. */
  readonly changes?: LabelChanges;
  readonly palette: Palette;
  /** Its own style and opacity, where it has any. */
  readonly look?: OverlayLook;
}

/** One pane's picture, complete. Renderers compare references: keep volumes, windows and palettes stable. */
export interface SliceFrame {
  readonly volume: Volume;
  readonly geometry: PlaneGeometry;
  /** Voxel index along the slice axis. */
  readonly slice: number;
  readonly window: IntensityWindow;
  readonly view: View;
  /** Drawn in this order. */
  readonly overlays: readonly OverlayLayer[];
  readonly style: OverlayStyle;
  readonly opacity: number;
  /** Position in mm from the slice's top left corner. */
  readonly crosshair_mm: Point | null;
}

export interface SliceRenderer {
  /** @param pixelRatio device pixels per CSS pixel. */
  resize(width_px: number, height_px: number, pixelRatio: number): void;
  draw(frame: SliceFrame): void;
  clear(): void;
}

/** Width of an outline, in CSS pixels. */
export const OUTLINE_PX = 1.5;

export function layerStyle({ style }: SliceFrame, { look }: OverlayLayer): OverlayStyle {
  return look?.style ?? style;
}

export function fillOpacity({ opacity }: SliceFrame, { look }: OverlayLayer): number {
  return look?.opacity ?? opacity;
}

/** A thin line needs more ink than a filled area to be seen equally well. */
export function outlineOpacity({ opacity }: SliceFrame, { look }: OverlayLayer): number {
  return look?.opacity ?? Math.min(1, 0.35 + opacity);
}

/** From this magnification on, single voxels are what one wants to see. */
const SMOOTH_BELOW_PX_PER_VOXEL = 8;

export function smoothsImage({ column, row }: PlaneGeometry, { pixelsPerMm }: Viewport): boolean {
  return pixelsPerMm * Math.min(column.spacing_mm, row.spacing_mm) < SMOOTH_BELOW_PX_PER_VOXEL;
}
