/**
 * A labelmap's slice as labels, pixels and lines: made once for all panes that show it, however many those are, and
 * made again only in the rows where a brush went.
 */
import type { LabelChanges } from './core/changes';
import type { Plane, PlaneGeometry } from './core/planes';
import { extractLabelSlice, outlineLabels, paintLabelSlice, type Palette, type Rows } from './core/slices';
import { labelBits, unsureRuns } from './core/unsure';
import type { Labelmap } from './core/volume';
import { fitBuffer, type PixelBuffer } from './pixelBuffer';
import type { OverlayLayer, SliceFrame } from './renderer';
import { span } from './repaint';

/** By labelmap: the slice of each plane that was drawn last. */
const slices = new WeakMap<Labelmap, Map<Plane, OverlaySlice>>();

/** The layer's slice in a frame, as its labels are now. */
export function overlaySlice(layer: OverlayLayer, { geometry, slice }: SliceFrame): OverlaySlice {
  const planes = slices.get(layer.labelmap) ?? new Map<Plane, OverlaySlice>();
  slices.set(layer.labelmap, planes);
  let found = planes.get(geometry.plane);
  if (found?.geometry !== geometry) found = new OverlaySlice(layer, geometry);
  planes.set(geometry.plane, found);
  found.update(layer, slice);
  return found;
}

const NO_ROWS: Rows = [0, 0];

export class OverlaySlice {
  private readonly labelmap: Labelmap;
  private readonly labels: Uint8Array;
  private readonly allRows: Rows;
  private slice = -1;
  private changes: LabelChanges | undefined;
  /** Of the labels' changes that it shows. */
  private revision = 0;
  private palette: Palette;
  private buffer: PixelBuffer | null = null;
  /** Rows whose pixels are not yet those of the labels. */
  private unpainted: Rows = NO_ROWS;
  private lines: readonly (readonly [color: string, path: Path2D])[] | null = null;
  private marks: readonly number[] | null = null;

  constructor(
    { labelmap, palette }: OverlayLayer,
    readonly geometry: PlaneGeometry,
  ) {
    this.labelmap = labelmap;
    this.palette = palette;
    this.labels = new Uint8Array(geometry.column.length * geometry.row.length);
    this.allRows = [0, geometry.row.length];
  }

  update({ changes, palette }: OverlayLayer, slice: number): void {
    const rows = slice === this.slice && changes === this.changes ? this.changedRows() : this.allRows;
    this.slice = slice;
    this.changes = changes;
    this.revision = changes?.revision ?? 0;
    if (rows[0] < rows[1]) extractLabelSlice(this.labelmap, this.geometry, slice, this.labels, rows);
    const outdated = palette === this.palette ? rows : this.allRows;
    if (outdated[0] >= outdated[1]) return;
    this.palette = palette;
    this.unpainted = joinRows(this.unpainted, outdated);
    this.lines = null;
    this.marks = null;
  }

  /** Colours by label, a pixel for each voxel. */
  get pixels(): HTMLCanvasElement {
    const { geometry, labels, palette } = this;
    const buffer = fitBuffer(this.buffer, geometry);
    const [from, to] = buffer === this.buffer ? this.unpainted : this.allRows;
    if (from < to) {
      const width = geometry.column.length;
      paintLabelSlice(labels, palette, buffer.image.data, from * width, to * width);
      buffer.context.putImageData(buffer.image, 0, 0, 0, from, width, to - from);
    }
    this.buffer = buffer;
    this.unpainted = NO_ROWS;
    return buffer.canvas;
  }

  /** Borders of each label that is shown, in mm from the slice's top left corner. */
  get outlines(): readonly (readonly [color: string, path: Path2D])[] {
    this.lines ??= this.makeOutlines();
    return this.lines;
  }

  /** Where it is unsure, from `unsureRuns`. */
  get unsure(): readonly number[] {
    if (!this.labelmap.marksUnsure) return NO_RUNS;
    this.marks ??= unsureRuns(this.labels, this.geometry.column.length, this.palette);
    return this.marks;
  }

  private changedRows(): Rows {
    const box = this.changes?.changedSince(this.revision);
    const { row, slice } = this.geometry;
    if (!box || this.slice < box.low[slice.axis] || this.slice > box.high[slice.axis]) return NO_ROWS;
    const [first, last] = span(row, box.low[row.axis], box.high[row.axis]);
    return [first, last + 1];
  }

  private makeOutlines(): [string, Path2D][] {
    const { column, row } = this.geometry;
    const [sx, sy] = [column.spacing_mm, row.spacing_mm];
    // A mark of confidence is no border.
    const bits = labelBits(this.labelmap);
    const plain = bits === 0xff ? this.labels : this.labels.map((voxel) => voxel & bits);
    const outlines = [...outlineLabels(plain, column.length, row.length)].sort(([a], [b]) => a - b);
    return outlines
      .filter(([label]) => (this.palette[4 * label + 3] ?? 0) > 0)
      .map(([label, segments]) => {
        const path = new Path2D();
        for (let i = 0; i + 3 < segments.length; i += 4) {
          path.moveTo((segments[i] ?? 0) * sx, (segments[i + 1] ?? 0) * sy);
          path.lineTo((segments[i + 2] ?? 0) * sx, (segments[i + 3] ?? 0) * sy);
        }
        return [cssColor(this.palette, label), path];
      });
  }
}

const NO_RUNS: readonly number[] = [];

function joinRows(a: Rows, b: Rows): Rows {
  if (a[0] >= a[1]) return b;
  return b[0] >= b[1] ? a : [Math.min(a[0], b[0]), Math.max(a[1], b[1])];
}

function cssColor(palette: Palette, label: number): string {
  const [r, g, b] = palette.subarray(4 * label, 4 * label + 3);
  return `rgb(${r ?? 0} ${g ?? 0} ${b ?? 0})`;
}
