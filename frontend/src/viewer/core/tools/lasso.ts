/** Polygons and lassos in a slice. */
import type { Vec3 } from '../affine';
import { type Edit, EditDraft } from '../edits';
import { labelBits } from '../unsure';
import { axesAcross, type LabelGrid, requireSlice, type SlicePlane, sliceSteps } from './grid';
import { admission, type PaintRules } from './rules';

export interface LassoOptions {
  readonly plane: SlicePlane;
  /** First and last slice that the outline cuts through, both included; its own slice where not given. */
  readonly through?: readonly [number, number];
  readonly rules?: PaintRules;
}

/**
 * Give a label to what an outline encloses; 0 erases.
 *
 * @param outline corners in voxel indices, not rounded; the last joins the first. Voxels whose centre lies inside
 *   count; where the outline crosses itself, everything that it goes round counts. Fewer than three corners enclose
 *   nothing.
 */
export function fillLasso(grid: LabelGrid, outline: readonly Vec3[], label: number, options: LassoOptions): Edit {
  const admits = admission(grid, options.rules);
  const draft = new EditDraft(grid.voxels);
  forEachInLasso(grid, outline, options, (index) => {
    if (admits(index, grid.voxels[index] ?? 0)) draft.set(index, label);
  });
  return draft.toEdit();
}

export interface RelabelOptions extends LassoOptions {
  /** The label to change; every label but background where null. */
  readonly from: number | null;
  readonly to: number;
  /** Change `to` into `from` as well. */
  readonly both?: boolean;
}

/** Change one label into another inside an outline, as `fillLasso` takes it. */
export function relabelLasso(grid: LabelGrid, outline: readonly Vec3[], options: RelabelOptions): Edit {
  const { from, to, both = false } = options;
  const admits = admission(grid, options.rules);
  const draft = new EditDraft(grid.voxels);
  const bits = labelBits(grid);
  forEachInLasso(grid, outline, options, (index) => {
    const old = (grid.voxels[index] ?? 0) & bits;
    if (!admits(index, old)) return;
    if (from === null ? old !== 0 : old === from) draft.set(index, to);
    else if (both && from !== null && old === to) draft.set(index, from);
  });
  return draft.toEdit();
}

function forEachInLasso(
  grid: LabelGrid,
  outline: readonly Vec3[],
  { plane, through = [plane.slice, plane.slice] }: LassoOptions,
  visit: (index: number) => void,
): void {
  const [u, v] = axesAcross(plane.axis);
  const corners = outline.map((point) => [point[u], point[v]] as const);
  for (let slice = Math.min(...through); slice <= Math.max(...through); slice += 1) {
    const each = { axis: plane.axis, slice };
    requireSlice(grid.shape, each);
    const { first, width, height, stepU, stepV } = sliceSteps(grid.shape, each);
    forEachSpan(corners, width, height, (from, to, row) => {
      for (let i = from; i <= to; i += 1) visit(first + i * stepU + row * stepV);
    });
  }
}

type Corner = readonly [u: number, v: number];

/**
 * Rows of a polygon by the non-zero winding rule, cut to the slice. Voxels exactly on an edge belong to the side of
 * the larger index, so that two polygons that share an edge share no voxel.
 */
function forEachSpan(
  corners: readonly Corner[],
  width: number,
  height: number,
  visit: (from: number, to: number, row: number) => void,
): void {
  const rows = corners.map(([, v]) => v);
  const lowest = Math.max(0, Math.ceil(Math.min(...rows)));
  const highest = Math.min(height - 1, Math.floor(Math.max(...rows)));
  for (let row = lowest; row <= highest; row += 1) {
    let winding = 0;
    let begin = 0;
    for (const { at, turn } of crossingsOf(corners, row)) {
      if (winding === 0) begin = at;
      winding += turn;
      if (winding === 0) visit(Math.max(0, Math.ceil(begin)), Math.min(width - 1, Math.ceil(at) - 1), row);
    }
  }
}

/** Where the outline crosses a row, from left to right, and whether upwards or downwards. */
function crossingsOf(corners: readonly Corner[], row: number): { at: number; turn: 1 | -1 }[] {
  const crossings: { at: number; turn: 1 | -1 }[] = [];
  corners.forEach(([u, v], i) => {
    const [nextU, nextV] = corners[(i + 1) % corners.length] ?? [u, v];
    if (v <= row === nextV <= row) return;
    crossings.push({ at: u + ((row - v) / (nextV - v)) * (nextU - u), turn: nextV > v ? 1 : -1 });
  });
  return crossings.sort((a, b) => a.at - b.at);
}
