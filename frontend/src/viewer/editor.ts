/** The seam for those who edit labels in the viewer's panes; the viewer itself only shows. */
import type { Vec3 } from './core/affine';
import type { PlaneGeometry } from './core/planes';
import type { Point } from './core/viewport';
import type { Volume } from './core/volume';

/** A pane's slice under a pointer that came to edit. */
export interface PaneSlice {
  readonly geometry: PlaneGeometry;
  /** Voxel index along the slice axis. */
  readonly slice: number;
  /** The pane's image, on the case's grid. */
  readonly image: Volume;
}

export interface PanePoint {
  /** In mm from the slice's top left corner. */
  readonly position_mm: Point;
  /** 0 to 1, of a pen; null where the pointer has none. */
  readonly pressure: number | null;
}

/** One drag of the pointer, from down to up. */
export interface PaneDrag {
  move(points: readonly PanePoint[]): void;
  end(): void;
  cancel(): void;
}

/** What is drawn around the pointer. */
export interface PaneCursor {
  readonly radius_mm: number;
  readonly color: string;
}

/** Where somebody else points, drawn in every pane that shows the place. Voxel indices, whole at voxels' centres. */
export interface PaneMark {
  readonly key: string;
  readonly name: string;
  readonly color: string;
  readonly voxel: Vec3;
  readonly radius_mm: number;
  /** The stroke that is being drawn. */
  readonly trail: readonly Vec3[];
}

export interface PaneEditor {
  /** Take the pointer, or leave it to the viewer with null. */
  begin(slice: PaneSlice, point: PanePoint): PaneDrag | null;
  /** The brush around a resting pointer, or null without one. */
  cursor(): PaneCursor | null;
  /** An outline in the making, in mm of its slice; drawn in the pane in which it is made. */
  outline(): { readonly points_mm: readonly Point[]; readonly color: string } | null;
  /** What others point at. */
  marks?(): readonly PaneMark[];
  /** Hear where the pointer is, or that it has left the pane. */
  point?(at: { readonly slice: PaneSlice; readonly point: PanePoint } | null, isDrawing: boolean): void;
  /** Call back when cursor, outline or marks look different. */
  subscribe(listener: () => void): () => void;
}
