/** From slice to slice: interpolate a label between painted slices, or copy it on. */
import type { Axis } from '../affine';
import { type Edit, EditDraft } from '../edits';
import { labelBits } from '../unsure';
import { type SliceMask, signedDistances_mm } from './distance';
import { axesAcross, type LabelGrid, requireSlice, sliceSteps, ToolError } from './grid';
import { admission, type PaintRules } from './rules';

export interface InterpolationOptions {
  /** The voxel axis across the slices. */
  readonly axis: Axis;
  readonly label: number;
  /** The slices that were painted, in any order; all that hold the label where not given. */
  readonly keyframes?: readonly number[];
  /** Remove the label where the slices between have more of it; otherwise it is only added. */
  readonly replace?: boolean;
  readonly rules?: PaintRules;
}

/** Distances within this are equal: an outline that runs through a voxel's centre takes the voxel in. */
const ROUNDING_MM = 1e-6;
/** Pixels around a slice's mask: beyond the grid there is no label, so a shape at its rim ends there. */
const RIM = 1;

/**
 * Shape-based interpolation (Raya & Udupa 1990): between two keyframes, the signed distances to their outlines pass
 * linearly from one to the other. Keyframes in the middle hold as they are.
 *
 * Two shapes that share no voxel would both vanish on the way; then the one moves to the other along the line between
 * their centres.
 *
 * @throws ToolError with fewer than two keyframes, or one without the label.
 */
export function interpolateSlices(grid: LabelGrid, options: InterpolationOptions): Edit {
  const { axis, label, replace = false, rules } = options;
  const admits = admission(grid, rules);
  const draft = new EditDraft(grid.voxels);
  const bits = labelBits(grid);
  const frames = keyframesOf(grid, options).map((slice) => readFrame(grid, axis, slice, label));
  frames.slice(1).forEach((next, i) => {
    const previous = frames[i] ?? next;
    const shapeAt = between(previous, next);
    for (let slice = previous.slice + 1; slice < next.slice; slice += 1) {
      const { first, width, height, stepU, stepV } = sliceSteps(grid.shape, { axis, slice });
      const isInside = shapeAt((slice - previous.slice) / (next.slice - previous.slice));
      for (let v = 0; v < height; v += 1) {
        for (let u = 0; u < width; u += 1) {
          const index = first + u * stepU + v * stepV;
          const old = (grid.voxels[index] ?? 0) & bits;
          const inside = isInside(u + RIM, v + RIM);
          if ((inside || (replace && old === label)) && admits(index, old)) draft.set(index, inside ? label : 0);
        }
      }
    }
  });
  return draft.toEdit();
}

/** The slices along an axis that hold a label. */
export function slicesWith(grid: LabelGrid, axis: Axis, label: number): number[] {
  return Array.from({ length: grid.shape[axis] }, (_, slice) => slice).filter((slice) =>
    readMask(grid, axis, slice, label).pixels.includes(1),
  );
}

function keyframesOf(grid: LabelGrid, { axis, label, keyframes }: InterpolationOptions): number[] {
  const slices = [...new Set(keyframes ?? slicesWith(grid, axis, label))].sort((a, b) => a - b);
  if (slices.length < 2) {
    throw new ToolError(`label ${label} is on ${slices.length} of the slices: paint it on two that have others between them`);
  }
  return slices;
}

interface Frame extends SliceMask {
  readonly slice: number;
  readonly distances_mm: Float64Array;
  /** In pixels, as the rest: the middle of the shape, and the box around it. */
  readonly centre: readonly [number, number];
  readonly low: readonly [number, number];
  readonly high: readonly [number, number];
}

function readFrame(grid: LabelGrid, axis: Axis, slice: number, label: number): Frame {
  const mask = readMask(grid, axis, slice, label);
  let [count, sumU, sumV] = [0, 0, 0];
  const low: [number, number] = [mask.width, mask.height];
  const high: [number, number] = [-1, -1];
  mask.pixels.forEach((pixel, i) => {
    if (!pixel) return;
    const u = i % mask.width;
    const v = (i - u) / mask.width;
    count += 1;
    sumU += u;
    sumV += v;
    low[0] = Math.min(low[0], u);
    low[1] = Math.min(low[1], v);
    high[0] = Math.max(high[0], u);
    high[1] = Math.max(high[1], v);
  });
  if (count === 0) throw new ToolError(`slice ${slice} holds no voxel of label ${label}: paint it, or leave the slice out`);
  return { ...mask, slice, distances_mm: signedDistances_mm(mask), centre: [sumU / count, sumV / count], low, high };
}

/** A label's mask in a slice, with a rim around it. */
function readMask(grid: LabelGrid, axis: Axis, slice: number, label: number): SliceMask {
  requireSlice(grid.shape, { axis, slice });
  const { first, width, height, stepU, stepV } = sliceSteps(grid.shape, { axis, slice });
  const [u, v] = axesAcross(axis);
  const [wide, high] = [width + 2 * RIM, height + 2 * RIM];
  const pixels = new Uint8Array(wide * high);
  const bits = labelBits(grid);
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      if (((grid.voxels[first + column * stepU + row * stepV] ?? 0) & bits) === label) pixels[(row + RIM) * wide + column + RIM] = 1;
    }
  }
  return { pixels, width: wide, height: high, spacing_mm: [grid.spacing_mm[u], grid.spacing_mm[v]] };
}

/** Whether a pixel lies in the shape a share `t` of the way from one frame to the other. */
function between(a: Frame, b: Frame): (t: number) => (u: number, v: number) => boolean {
  const overlap = a.pixels.some((pixel, i) => pixel === 1 && b.pixels[i] === 1);
  const move = overlap ? [0, 0] as const : [b.centre[0] - a.centre[0], b.centre[1] - a.centre[1]] as const;
  // Neither shape, nor what lies between them, leaves the box around both.
  const low = [Math.min(a.low[0], b.low[0]), Math.min(a.low[1], b.low[1])] as const;
  const high = [Math.max(a.high[0], b.high[0]), Math.max(a.high[1], b.high[1])] as const;
  return (t) => (u, v) => {
    if (u < low[0] || u > high[0] || v < low[1] || v > high[1]) return false;
    const fromA = distanceAt(a, u - t * move[0], v - t * move[1]);
    const fromB = distanceAt(b, u + (1 - t) * move[0], v + (1 - t) * move[1]);
    return (1 - t) * fromA + t * fromB >= -ROUNDING_MM;
  };
}

/** Signed distance between pixels, bilinear; beyond the slice it falls as one goes away from it. */
function distanceAt({ distances_mm, width, height, spacing_mm }: Frame, u: number, v: number): number {
  const x = Math.min(width - 1, Math.max(0, u));
  const y = Math.min(height - 1, Math.max(0, v));
  const beyond = Math.hypot((u - x) * spacing_mm[0], (v - y) * spacing_mm[1]);
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [right, bottom] = [Math.min(width - 1, left + 1), Math.min(height - 1, top + 1)];
  const at = (column: number, row: number) => distances_mm[row * width + column] ?? 0;
  const upper = at(left, top) + (at(right, top) - at(left, top)) * (x - left);
  const lower = at(left, bottom) + (at(right, bottom) - at(left, bottom)) * (x - left);
  return upper + (lower - upper) * (y - top) - beyond;
}

export interface CopyOptions {
  readonly axis: Axis;
  readonly from: number;
  readonly to: number;
  /** Labels to copy; all but background where not given. */
  readonly labels?: readonly number[];
  /** Remove these labels from the other slice where the first has none; otherwise they are only added. */
  readonly replace?: boolean;
  readonly rules?: PaintRules;
}

/**
 * Copy labels from a slice to another, as a rule the next.
 *
 * @throws ToolError when the grid has no such slice.
 */
export function copySlice(grid: LabelGrid, { axis, from, to, labels, replace = false, rules }: CopyOptions): Edit {
  requireSlice(grid.shape, { axis, slice: from });
  requireSlice(grid.shape, { axis, slice: to });
  const copied = labels ? new Set(labels) : null;
  const isCopied = (label: number) => (copied ? copied.has(label) : label !== 0);
  const admits = admission(grid, rules);
  const draft = new EditDraft(grid.voxels);
  const bits = labelBits(grid);
  const { first, width, height, stepU, stepV } = sliceSteps(grid.shape, { axis, slice: from });
  const offset = sliceSteps(grid.shape, { axis, slice: to }).first - first;
  for (let v = 0; v < height; v += 1) {
    for (let u = 0; u < width; u += 1) {
      const source = first + u * stepU + v * stepV;
      const label = (grid.voxels[source] ?? 0) & bits;
      const old = (grid.voxels[source + offset] ?? 0) & bits;
      if (!admits(source + offset, old)) continue;
      if (isCopied(label)) draft.set(source + offset, label);
      else if (replace && isCopied(old)) draft.set(source + offset, 0);
    }
  }
  return draft.toEdit();
}
