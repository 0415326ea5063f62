/**
 * One edit of a labelmap as a record: which voxels changed, from what, to what. The same record, and the same bytes
 * before they are deflated, as the server's `numerics/edits.py`.
 *
 * Voxels are numbered in native order, x fastest. `old` makes an edit its own undo, and tells two copies that have
 * come apart.
 */
import type { Vec3 } from './affine';
import { SparseVoxels } from './sparse';
import type { VoxelBox } from './volume';

/** Runs of changed voxels, all arrays of one length; empty where nothing changed. */
export interface Edit {
  /** First voxel of each run: ascending, none overlapping. */
  readonly start: Uint32Array;
  readonly length: Uint32Array;
  /** The label before and after; never equal. */
  readonly old: Uint8Array;
  readonly new: Uint8Array;
}

/** The bytes are no edit of this grid, or the edit does not fit the labelmap. */
export class EditError extends Error {
  override name = 'EditError';
}

/** Collects changed voxels, which must come in ascending order, into the fewest runs. */
class RunList {
  private readonly start: number[] = [];
  private readonly length: number[] = [];
  private readonly old: number[] = [];
  private readonly new: number[] = [];
  private end = -1;

  add(index: number, before: number, after: number): void {
    if (before === after) return;
    const last = this.start.length - 1;
    if (index === this.end && this.old[last] === before && this.new[last] === after) {
      this.length[last] = (this.length[last] ?? 0) + 1;
    } else {
      this.start.push(index);
      this.length.push(1);
      this.old.push(before);
      this.new.push(after);
    }
    this.end = index + 1;
  }

  toEdit(): Edit {
    return {
      start: Uint32Array.from(this.start),
      length: Uint32Array.from(this.length),
      old: Uint8Array.from(this.old),
      new: Uint8Array.from(this.new),
    };
  }
}

export const NO_EDIT: Edit = new RunList().toEdit();

/** What a stroke changes, while it changes it: the label that each voxel had at its first touch. */
export class EditRecorder {
  /** By voxel value: how many more there are than before. */
  readonly counts = new Int32Array(256);
  private readonly before: SparseVoxels;

  /** @param voxels the labelmap, painted in place. Others paint it only while the stroke is lifted. */
  constructor(private readonly voxels: Uint8Array) {
    this.before = new SparseVoxels(voxels.length);
  }

  /** @returns whether the voxel's label changed. */
  set(index: number, label: number): boolean {
    const old = this.voxels[index] ?? 0;
    if (old === label) return false;
    if (!this.before.has(index)) this.before.set(index, old);
    this.voxels[index] = label;
    this.recount(old, label);
    return true;
  }

  /** Everything recorded so far, already applied. */
  toEdit(): Edit {
    const runs = new RunList();
    this.before.forEach((index, old) => runs.add(index, old, this.voxels[index] ?? 0));
    return runs.toEdit();
  }

  /** The labelmap as it was before the stroke. */
  revert(): void {
    this.before.forEach((index, old) => {
      this.voxels[index] = old;
    });
    this.counts.fill(0);
  }

  /**
   * Take the stroke off the labelmap, so that others can paint under it.
   *
   * @returns what lays it back, upon what is there by then; nothing may be set before that.
   */
  lift(): () => void {
    const painted = new SparseVoxels(this.voxels.length);
    this.before.forEach((index) => painted.set(index, this.voxels[index] ?? 0));
    this.revert();
    return () =>
      painted.forEach((index, label) => {
        const beneath = this.voxels[index] ?? 0;
        this.before.set(index, beneath);
        this.voxels[index] = label;
        this.recount(beneath, label);
      });
  }

  private recount(old: number, label: number): void {
    this.counts[old] = (this.counts[old] ?? 0) - 1;
    this.counts[label] = (this.counts[label] ?? 0) + 1;
  }
}

/** What a tool would change; the labelmap stays as it is. */
export class EditDraft {
  private readonly after: SparseVoxels;

  constructor(private readonly voxels: Uint8Array) {
    this.after = new SparseVoxels(voxels.length);
  }

  set(index: number, label: number): void {
    this.after.set(index, label);
  }

  toEdit(): Edit {
    const runs = new RunList();
    this.after.forEach((index, label) => runs.add(index, this.voxels[index] ?? 0, label));
    return runs.toEdit();
  }
}

/** Changed voxels of an edit. */
export function countVoxels(edit: Edit): number {
  return edit.length.reduce((sum, length) => sum + length, 0);
}

/** What undoes it. */
export function invertEdit(edit: Edit): Edit {
  return { start: edit.start, length: edit.length, old: edit.new, new: edit.old };
}

/** The edit that turns one labelmap into the other. */
export function editBetween(before: Uint8Array, after: Uint8Array): Edit {
  if (before.length !== after.length) {
    throw new EditError(`a label map of ${before.length} voxels does not turn into one of ${after.length}`);
  }
  const runs = new RunList();
  for (let i = 0; i < before.length; i += 1) runs.add(i, before[i] ?? 0, after[i] ?? 0);
  return runs.toEdit();
}

/** Every changed voxel, ascending. */
export function forEachVoxel(edit: Edit, visit: (index: number, old: number, label: number) => void): void {
  for (let run = 0; run < edit.start.length; run += 1) {
    const start = edit.start[run] ?? 0;
    const end = start + (edit.length[run] ?? 0);
    const [old, label] = [edit.old[run] ?? 0, edit.new[run] ?? 0];
    for (let i = start; i < end; i += 1) visit(i, old, label);
  }
}

/**
 * Change the labelmap in place; all or nothing.
 *
 * @throws EditError when a voxel does not hold the label that the edit found there, or lies outside the grid.
 */
export function applyEdit(voxels: Uint8Array, edit: Edit): void {
  requireInside(voxels, edit);
  let wrong = 0;
  let sentence = '';
  forEachVoxel(edit, (i, old) => {
    if (voxels[i] === old) return;
    if (wrong === 0) sentence = `voxel ${i} holds label ${voxels[i]}, not ${old}`;
    wrong += 1;
  });
  if (wrong > 0) throw new EditError(`${wrong} voxels are not as the edit found them: ${sentence}`);
  for (let run = 0; run < edit.start.length; run += 1) {
    const start = edit.start[run] ?? 0;
    voxels.fill(edit.new[run] ?? 0, start, start + (edit.length[run] ?? 0));
  }
}

/** The same strokes on another state: what they painted is painted, whatever lay below. */
export function rebaseEdit(edit: Edit, voxels: Uint8Array): Edit {
  requireInside(voxels, edit);
  const runs = new RunList();
  forEachVoxel(edit, (i, _old, label) => runs.add(i, voxels[i] ?? 0, label));
  return runs.toEdit();
}

/** What undoes the edit on a later state: voxels that were painted over since then stay as they are. */
export function revertEdit(edit: Edit, voxels: Uint8Array): Edit {
  requireInside(voxels, edit);
  const runs = new RunList();
  forEachVoxel(edit, (i, old, label) => {
    if (voxels[i] === label) runs.add(i, label, old);
  });
  return runs.toEdit();
}

/**
 * One edit that does what several do one after the other.
 *
 * @throws EditError when one does not follow on those before it.
 */
export function mergeEdits(edits: readonly Edit[]): Edit {
  const count = Math.max(0, ...edits.map(endOf));
  const before = new SparseVoxels(count);
  const after = new SparseVoxels(count);
  for (const edit of edits) {
    forEachVoxel(edit, (i, old, label) => {
      const held = after.get(i);
      if (held === null) before.set(i, old);
      else if (held !== old) throw new EditError(`the edits do not follow on each other: voxel ${i} holds ${held}, not ${old}`);
      after.set(i, label);
    });
  }
  const runs = new RunList();
  before.forEach((i, old) => runs.add(i, old, after.get(i) ?? old));
  return runs.toEdit();
}

/** Smallest box around the changed voxels, or null without any. */
export function editBox(edit: Edit, shape: Vec3): VoxelBox | null {
  if (edit.start.length === 0) return null;
  const [nx, ny] = shape;
  const low: [number, number, number] = [...shape];
  const high: [number, number, number] = [-1, -1, -1];
  const cover = (axis: 0 | 1 | 2, from: number, to: number) => {
    low[axis] = Math.min(low[axis], from);
    high[axis] = Math.max(high[axis], to);
  };
  for (let run = 0; run < edit.start.length; run += 1) {
    const first = edit.start[run] ?? 0;
    const last = first + (edit.length[run] ?? 0) - 1;
    const [rowA, rowB] = [Math.floor(first / nx), Math.floor(last / nx)];
    const [sliceA, sliceB] = [Math.floor(rowA / ny), Math.floor(rowB / ny)];
    // A run that goes on in the next row has been at the end of one and at the start of the other.
    if (rowA === rowB) cover(0, first % nx, last % nx);
    else cover(0, 0, nx - 1);
    if (sliceA === sliceB) cover(1, rowA % ny, rowB % ny);
    else cover(1, 0, ny - 1);
    cover(2, sliceA, sliceB);
  }
  return { low, high };
}

function endOf(edit: Edit): number {
  return edit.start.length === 0 ? 0 : (edit.start.at(-1) ?? 0) + (edit.length.at(-1) ?? 0);
}

function requireInside(voxels: Uint8Array, edit: Edit): void {
  if (endOf(edit) > voxels.length) throw new EditError(`the edit reaches beyond the grid's ${voxels.length} voxels`);
}
