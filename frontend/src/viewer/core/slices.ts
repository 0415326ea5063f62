/** Slices out of volumes, in display order: row by row from the top left. Hot path: plain loops, no allocation. */
import type { PlaneGeometry } from './planes';
import { type Labelmap, stridesOf, type Volume } from './volume';
import type { IntensityWindow } from './window';

/** 256 RGBA colours, 4 bytes each; alpha 0 hides the label. */
export type Palette = Uint8ClampedArray;

/** Rows of a slice from the top: the first, and the one after the last. */
export type Rows = readonly [from: number, to: number];

interface Walk {
  readonly start: number;
  readonly columnStep: number;
  readonly rowStep: number;
  readonly width: number;
  readonly height: number;
}

/** Offsets that walk a slice of a grid in display order. */
function walkSlice(volume: Pick<Volume, 'shape'>, geometry: PlaneGeometry, slice: number): Walk {
  const strides = stridesOf(volume.shape);
  const { column, row } = geometry;
  const columnStride = strides[column.axis];
  const rowStride = strides[row.axis];
  return {
    start:
      slice * strides[geometry.slice.axis] +
      (column.flipped ? (column.length - 1) * columnStride : 0) +
      (row.flipped ? (row.length - 1) * rowStride : 0),
    columnStep: column.flipped ? -columnStride : columnStride,
    rowStep: row.flipped ? -rowStride : rowStride,
    width: column.length,
    height: row.length,
  };
}

/**
 * Grey RGBA of an image slice.
 *
 * @param out 4 bytes per pixel, width × height; clamped by its type.
 */
export function paintImageSlice(
  volume: Volume,
  geometry: PlaneGeometry,
  slice: number,
  window: IntensityWindow,
  out: Uint8ClampedArray,
): void {
  const { start, columnStep, rowStep, width, height } = walkSlice(volume, geometry, slice);
  const { voxels } = volume;
  const low = window.level - window.width / 2;
  const gain = 255 / Math.max(window.width, Number.EPSILON);
  let target = 0;
  for (let y = 0; y < height; y += 1) {
    let source = start + y * rowStep;
    for (let x = 0; x < width; x += 1) {
      const grey = ((voxels[source] ?? 0) - low) * gain;
      out[target] = grey;
      out[target + 1] = grey;
      out[target + 2] = grey;
      out[target + 3] = 255;
      target += 4;
      source += columnStep;
    }
  }
}

/**
 * Labels of a slice, width × height.
 *
 * @param rows those to read again into `out`, the slice as it was; all of a new one where not given.
 */
export function extractLabelSlice(
  labelmap: Labelmap,
  geometry: PlaneGeometry,
  slice: number,
  out: Uint8Array = new Uint8Array(geometry.column.length * geometry.row.length),
  [from, to]: Rows = [0, geometry.row.length],
): Uint8Array {
  const { start, columnStep, rowStep, width } = walkSlice(labelmap, geometry, slice);
  const { voxels } = labelmap;
  let target = from * width;
  for (let y = from; y < to; y += 1) {
    let source = start + y * rowStep;
    for (let x = 0; x < width; x += 1) {
      out[target] = voxels[source] ?? 0;
      target += 1;
      source += columnStep;
    }
  }
  return out;
}

/** Colours of a label slice, or of its pixels from one to before another, into 4 bytes per pixel. */
export function paintLabelSlice(
  labels: Uint8Array,
  palette: Palette,
  out: Uint8ClampedArray,
  from = 0,
  to = labels.length,
): void {
  for (let i = from; i < to; i += 1) {
    const entry = 4 * (labels[i] ?? 0);
    const target = 4 * i;
    out[target] = palette[entry] ?? 0;
    out[target + 1] = palette[entry + 1] ?? 0;
    out[target + 2] = palette[entry + 2] ?? 0;
    out[target + 3] = palette[entry + 3] ?? 0;
  }
}

/**
 * Borders of each label along pixel edges: `[x0, y0, x1, y1, …]` in pixels from the top left corner, straight
 * runs joined. A border between two labels belongs to both; the slice's own edge borders background.
 */
export function outlineLabels(labels: Uint8Array, width: number, height: number): Map<number, number[]> {
  const outlines = new Map<number, number[]>();
  const at = (x: number, y: number) =>
    x < 0 || y < 0 || x >= width || y >= height ? 0 : (labels[y * width + x] ?? 0);
  for (let y = 0; y <= height; y += 1) {
    traceLine(width, (x) => at(x, y - 1), (x) => at(x, y), (from, to, label) => add(label, from, y, to, y));
  }
  for (let x = 0; x <= width; x += 1) {
    traceLine(height, (y) => at(x - 1, y), (y) => at(x, y), (from, to, label) => add(label, x, from, x, to));
  }
  return outlines;

  function add(label: number, ...segment: [number, number, number, number]): void {
    const list = outlines.get(label);
    if (list) list.push(...segment);
    else outlines.set(label, [...segment]);
  }
}

/** Runs along one grid line where the labels on its two sides stay the same and differ. */
function traceLine(
  length: number,
  before: (i: number) => number,
  after: (i: number) => number,
  emit: (from: number, to: number, label: number) => void,
): void {
  let from = 0;
  let a = 0;
  let b = 0;
  for (let i = 0; i <= length; i += 1) {
    const nextA = i < length ? before(i) : 0;
    const nextB = i < length ? after(i) : 0;
    if (nextA === a && nextB === b) continue;
    if (a !== b) {
      if (a !== 0) emit(from, i, a);
      if (b !== 0) emit(from, i, b);
    }
    from = i;
    a = nextA;
    b = nextB;
  }
}
