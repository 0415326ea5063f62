/** The seam between what is shown and how it is drawn. */
import type { PlaneGeometry } from './core/planes';
import type { Palette } from './core/slices';
import type { Labelmap, Volume } from './core/volume';
import type { IntensityWindow } from './core/window';
import type { Point, View } from './core/viewport';
import type { OverlayStyle } from './state';

export interface OverlayLayer {
  readonly key: string;
  readonly labelmap: Labelmap;
  /** Grows when the voxels change in place, as an editor does; caches compare it. */
  readonly revision: number;
  readonly palette: Palette;
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
