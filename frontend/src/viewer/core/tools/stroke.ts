/**
 * Brush strokes: a disc in a slice or a ball, in mm, along the pointer's path. Every move sweeps the brush from the
 * point before, so that a fast stroke has no gaps. Threshold brush and eraser are the same with other rules or label 0.
 */
import type { Axis, Vec3 } from '../affine';
import { type Edit, EditRecorder } from '../edits';
import { UNSURE } from '../unsure';
import { stridesOf, type VoxelBox } from '../volume';
import { type PointMm, rowInCapsule } from './capsule';
import { axesAcross, indexOf, isInside, type LabelGrid, requireSlice, roundVoxel, type SlicePlane, ToolError } from './grid';
import { admission, type Admits, type PaintRules } from './rules';

export interface Brush {
  /** A disc in this slice; a ball where null. */
  readonly plane: SlicePlane | null;
  /** What it leaves, for sure; 0 erases. The confidence brush leaves labels as they are and sets or clears their mark. */
  readonly label: number | 'unsure' | 'sure';
  readonly rules?: PaintRules;
}

export interface BrushPoint {
  /** In voxel indices, not rounded; may lie outside the grid. */
  readonly at: Vec3;
  /** It may change along the stroke, with a pen's pressure. The voxel under the pointer is painted in any case. */
  readonly radius_mm: number;
}

/** Voxels at exactly the radius belong to the brush, whatever the rounding. */
const ROUNDING_MM = 1e-6;

/** The edit of a whole stroke; the labelmap stays as it is. */
export function paintStroke(grid: LabelGrid, brush: Brush, points: readonly BrushPoint[]): Edit {
  const stroke = new Stroke(grid, brush);
  stroke.move(points);
  const edit = stroke.end();
  stroke.cancel();
  return edit;
}

/**
 * A stroke while it is drawn: it paints the labelmap in place, and every move touches only the voxels between the
 * last point and the new ones. Edits of others come under it while it is lifted.
 */
export class Stroke {
  private readonly recorder: EditRecorder;
  private readonly admits: Admits;
  private readonly becomes: (old: number) => number;
  /** Voxel axes: along the rows, across them, and across the slice or the third of a ball. */
  private readonly axes: readonly [Axis, Axis, Axis];
  private last: BrushPoint | null = null;

  /** @throws ToolError when the slice or the range's image does not fit the grid, or it can hold no mark. */
  constructor(
    private readonly grid: LabelGrid,
    private readonly brush: Brush,
  ) {
    if (brush.plane) requireSlice(grid.shape, brush.plane);
    if (typeof brush.label === 'string' && !grid.marksUnsure) {
      throw new ToolError('this label scheme has labels above 127, which leave no room for a confidence mark');
    }
    this.recorder = new EditRecorder(grid.voxels);
    this.admits = admission(grid, brush.rules);
    this.becomes = leaving(brush.label);
    const across = brush.plane?.axis ?? 2;
    this.axes = [...axesAcross(across), across];
  }

  /**
   * Paint on to the next points, such as a pointer event's coalesced ones; the first point begins the stroke.
   *
   * @returns the box of voxels that changed, or null.
   */
  move(points: readonly BrushPoint[]): VoxelBox | null {
    const changed = new ChangedBox();
    for (const point of points) {
      const next = this.inPlane(point);
      this.sweep(this.last ?? next, next, changed);
      this.last = next;
    }
    return changed.box;
  }

  /** What the stroke changed; the labelmap already holds it. */
  end(): Edit {
    return this.recorder.toEdit();
  }

  /** By voxel value: how many more there are than before the stroke. */
  get counts(): Int32Array {
    return this.recorder.counts;
  }

  /** Take it off the labelmap for others' edits; what is returned lays it back upon them. */
  lift(): () => void {
    return this.recorder.lift();
  }

  /** Put everything back. */
  cancel(): void {
    this.recorder.revert();
  }

  private inPlane({ at, radius_mm }: BrushPoint): BrushPoint {
    const { plane } = this.brush;
    if (!plane) return { at, radius_mm };
    const moved: [number, number, number] = [...at];
    moved[plane.axis] = plane.slice;
    return { at: moved, radius_mm };
  }

  private sweep(from: BrushPoint, to: BrushPoint, changed: ChangedBox): void {
    this.line(from.at, to.at, changed);
    // Where the size changes, the path has the smaller and the new point its own: nothing is wider than was pressed.
    this.capsule(from.at, to.at, Math.min(from.radius_mm, to.radius_mm), changed);
    if (to.radius_mm > from.radius_mm) this.capsule(to.at, to.at, to.radius_mm, changed);
  }

  /** The voxels under the path itself: a brush finer than the grid still leaves a line without gaps. */
  private line(from: Vec3, to: Vec3, changed: ChangedBox): void {
    const { shape } = this.grid;
    const farthest = Math.max(...from.map((start, axis) => Math.abs((to[axis] ?? start) - start)));
    const steps = Math.max(1, Math.ceil(2 * farthest));
    for (let step = 0; step <= steps; step += 1) {
      const along = (axis: Axis) => from[axis] + ((to[axis] - from[axis]) * step) / steps;
      const voxel = roundVoxel([along(0), along(1), along(2)]);
      if (isInside(shape, voxel)) this.paint(indexOf(shape, voxel), voxel, changed);
    }
  }

  private capsule(from: Vec3, to: Vec3, radius_mm: number, changed: ChangedBox): void {
    const { shape, spacing_mm } = this.grid;
    const [u, v, w] = this.axes;
    const strides = stridesOf(shape);
    const radius = radius_mm + ROUNDING_MM;
    const mm = (point: Vec3): PointMm => [point[u] * spacing_mm[u], point[v] * spacing_mm[v], point[w] * spacing_mm[w]];
    const [a, b] = [mm(from), mm(to)];
    const span = (place: 1 | 2, axis: Axis): readonly [number, number] => [
      Math.max(0, Math.ceil((Math.min(a[place], b[place]) - radius) / spacing_mm[axis])),
      Math.min(shape[axis] - 1, Math.floor((Math.max(a[place], b[place]) + radius) / spacing_mm[axis])),
    ];
    const [lowV, highV] = span(1, v);
    const [lowW, highW] = this.brush.plane ? [this.brush.plane.slice, this.brush.plane.slice] : span(2, w);
    const voxel: [number, number, number] = [0, 0, 0];
    for (let k = lowW; k <= highW; k += 1) {
      for (let j = lowV; j <= highV; j += 1) {
        const row = rowInCapsule(a, b, radius, j * spacing_mm[v], k * spacing_mm[w]);
        if (!row) continue;
        const first = Math.max(0, Math.ceil(row[0] / spacing_mm[u]));
        const last = Math.min(shape[u] - 1, Math.floor(row[1] / spacing_mm[u]));
        voxel[v] = j;
        voxel[w] = k;
        let index = first * strides[u] + j * strides[v] + k * strides[w];
        for (let i = first; i <= last; i += 1, index += strides[u]) {
          voxel[u] = i;
          this.paint(index, voxel, changed);
        }
      }
    }
  }

  private paint(index: number, voxel: Vec3, changed: ChangedBox): void {
    const old = this.grid.voxels[index] ?? 0;
    const next = this.becomes(old);
    if (old !== next && this.admits(index, old) && this.recorder.set(index, next)) changed.add(voxel);
  }
}

function leaving(label: Brush['label']): (old: number) => number {
  switch (label) {
    case 'unsure':
      return (old) => old | UNSURE;
    case 'sure':
      return (old) => old & ~UNSURE;
    default:
      return () => label;
  }
}

/** The smallest box around voxels as they come. */
class ChangedBox {
  private readonly low: [number, number, number] = [Infinity, Infinity, Infinity];
  private readonly high: [number, number, number] = [-1, -1, -1];

  add(voxel: Vec3): void {
    for (let axis = 0 as Axis; axis < 3; axis = (axis + 1) as Axis) {
      if (voxel[axis] < this.low[axis]) this.low[axis] = voxel[axis];
      if (voxel[axis] > this.high[axis]) this.high[axis] = voxel[axis];
    }
  }

  get box(): VoxelBox | null {
    return this.high[0] < 0 ? null : { low: this.low, high: this.high };
  }
}
