/**
 * Grow-cut: labels spread from seeds over a box, through similar intensities first (Vezhnevets & Konouchine 2005).
 *
 * In the cellular automaton a cell of strength θ conquers its neighbour with θ·g, g = 1 − difference: it ends where
 * each voxel has the label of the seed with the largest product of g on the way. −log turns that into shortest paths
 * (Zhu et al. 2014), found here once and exactly, with whole-number costs in a ring of buckets instead of sweeps over
 * the grid. Where intensities tell nothing, the nearer seed in mm wins.
 *
 * `runGrowCut` is the long part, and takes and gives plain arrays: a Web Worker can run it.
 */
import { AXES, type Vec3 } from '../affine';
import { type Edit, EditDraft } from '../edits';
import { labelBits } from '../unsure';
import { stridesOf, type VoxelArray, type VoxelBox } from '../volume';
import { forEachInBox, gridBox, type LabelGrid, labelBox, requireImage, ToolError, widen } from './grid';
import { admission, type PaintRules } from './rules';

/** What a worker needs; arrays are of the box, x fastest. */
export interface GrowCutJob {
  readonly box: VoxelBox;
  readonly shape: Vec3;
  readonly spacing_mm: Vec3;
  /** Each sequence, its range in the box spread over 0 to 1. */
  readonly intensities: readonly Float32Array[];
  /** Seed labels, background included; `UNSEEDED` elsewhere. */
  readonly seeds: Uint8Array;
}

export const UNSEEDED = 255;

export interface GrowCutSeeds {
  /** Labels whose voxels are seeds as they are painted now. */
  readonly labels: readonly number[];
  /** Voxels marked as background. The rim of the box is background too, where nothing else is. */
  readonly background?: Iterable<number>;
  /** How far beyond the seeds labels may spread. */
  readonly margin_mm: number;
}

/** Costs: a unit of −log g, and a millimetre. */
const COST_PER_LOG = 1000;
const COST_PER_MM = 2;
const LEAST_SIMILARITY = 0.002;
/** Share of the voxels of a box beyond each end of its grey range, and how many voxels tell where the ends are. */
const TAIL = 0.005;
const SAMPLE = 1 << 16;

/**
 * Cut out what the cut needs.
 *
 * @throws ToolError without any seed, with label 255, or with an image on another grid.
 */
export function prepareGrowCut(grid: LabelGrid, images: readonly VoxelArray[], options: GrowCutSeeds): GrowCutJob {
  const { voxels, shape, spacing_mm } = grid;
  for (const image of images) requireImage(grid, image);
  const box = seedBox(grid, options);
  const crop = (values: (index: number) => number, out: Uint8Array | Float32Array) => {
    let at = 0;
    forEachInBox(shape, box, (index) => (out[at++] = values(index)));
  };
  const size: Vec3 = [1 + box.high[0] - box.low[0], 1 + box.high[1] - box.low[1], 1 + box.high[2] - box.low[2]];
  const count = size[0] * size[1] * size[2];

  const wanted = new Set(options.labels);
  const background = new Set(options.background);
  const seeds = new Uint8Array(count);
  const bits = labelBits(grid);
  crop((index) => {
    const label = (voxels[index] ?? 0) & bits;
    if (background.has(index)) return 0;
    return wanted.has(label) && label !== 0 ? label : UNSEEDED;
  }, seeds);
  seedRim(seeds, size);

  const intensities = images.map((image) => {
    const values = new Float32Array(count);
    crop((index) => image[index] ?? 0, values);
    return normalised(values);
  });
  return { box, shape: size, spacing_mm, intensities, seeds };
}

function seedBox(grid: LabelGrid, { labels, margin_mm }: GrowCutSeeds): VoxelBox {
  if (labels.includes(UNSEEDED)) throw new ToolError(`label ${UNSEEDED} cannot grow: seeds have labels 1 to 254`);
  const whole = gridBox(grid.shape, null);
  const boxes = labels.filter((label) => label !== 0).flatMap((label) => labelBox(grid, label, whole) ?? []);
  if (boxes.length === 0) throw new ToolError('there is no seed: paint a few voxels of each label first');
  const low = (axis: 0 | 1 | 2) => Math.min(...boxes.map((box) => box.low[axis]));
  const high = (axis: 0 | 1 | 2) => Math.max(...boxes.map((box) => box.high[axis]));
  const seeded = { low: [low(0), low(1), low(2)], high: [high(0), high(1), high(2)] } as const;
  return widen(seeded, margin_mm, grid.spacing_mm, whole);
}

function seedRim(seeds: Uint8Array, shape: Vec3): void {
  for (const axis of AXES) {
    // A box of one slice has no rim there, or it would be all rim.
    if (shape[axis] < 3) continue;
    for (const slice of [0, shape[axis] - 1]) {
      forEachInBox(shape, gridBox(shape, { axis, slice }), (index) => {
        if (seeds[index] === UNSEEDED) seeds[index] = 0;
      });
    }
  }
}

/** Spread over 0 to 1 between low and high percentiles, so that single bright voxels do not flatten the rest. */
function normalised(values: Float32Array): Float32Array {
  const step = Math.ceil(values.length / SAMPLE);
  const sorted = Float32Array.from({ length: Math.ceil(values.length / step) }, (_, i) => values[i * step] ?? 0).sort();
  const cut = Math.floor(TAIL * (sorted.length - 1));
  const low = sorted[cut] ?? 0;
  const range = (sorted[sorted.length - 1 - cut] ?? 0) - low;
  if (!(range > 0)) return values.fill(0);
  return values.map((value) => Math.min(1, Math.max(0, (value - low) / range)));
}

/**
 * The label of every voxel of the box.
 *
 * @param onProgress called now and then with the share that is done, 0 to 1.
 */
export function runGrowCut(job: GrowCutJob, onProgress: (share: number) => void = () => undefined): Uint8Array {
  const { seeds, shape, spacing_mm } = job;
  const labels = seeds.slice();
  const costs = new Float64Array(seeds.length).fill(Infinity);
  const queue = new BucketQueue(Math.ceil(largestStep(spacing_mm)) + 1);
  labels.forEach((label, index) => {
    if (label === UNSEEDED) return;
    costs[index] = 0;
    queue.push(index, 0);
  });

  const stepCosts = stepCostsOf(job);
  const strides = stridesOf(shape);
  const settled = new Uint8Array(seeds.length);
  const report = Math.max(1, Math.ceil(seeds.length / 50));
  let done = 0;
  for (let index = queue.pop(); index >= 0; index = queue.pop()) {
    if (settled[index] === 1) continue;
    settled[index] = 1;
    done += 1;
    if (done % report === 0) onProgress(done / seeds.length);
    const cost = costs[index] ?? 0;
    const label = labels[index] ?? 0;
    const x = index % shape[0];
    const y = Math.floor(index / shape[0]) % shape[1];
    const z = Math.floor(index / strides[2]);
    const reach = (next: number, axis: 0 | 1 | 2) => {
      if (settled[next] === 1) return;
      const total = cost + stepCosts(index, next, axis);
      if (total >= (costs[next] ?? 0)) return;
      costs[next] = total;
      labels[next] = label;
      queue.push(next, total);
    };
    if (x > 0) reach(index - 1, 0);
    if (x < shape[0] - 1) reach(index + 1, 0);
    if (y > 0) reach(index - strides[1], 1);
    if (y < shape[1] - 1) reach(index + strides[1], 1);
    if (z > 0) reach(index - strides[2], 2);
    if (z < shape[2] - 1) reach(index + strides[2], 2);
  }
  onProgress(1);
  return labels;
}

function largestStep(spacing_mm: Vec3): number {
  return -Math.log(LEAST_SIMILARITY) * COST_PER_LOG + COST_PER_MM * Math.max(...spacing_mm) + 1;
}

/** Cost of a step between neighbours along an axis; a whole number, at least 1. */
function stepCostsOf({ intensities, spacing_mm }: GrowCutJob): (from: number, to: number, axis: 0 | 1 | 2) => number {
  // −log g by the difference in 1/1024, which is finer than the noise of any scan.
  const STEPS = 1024;
  const table = Float64Array.from({ length: STEPS + 1 }, (_, i) =>
    Math.round(-Math.log(Math.max(LEAST_SIMILARITY, 1 - i / STEPS)) * COST_PER_LOG),
  );
  const lengths = spacing_mm.map((spacing) => Math.max(1, Math.round(COST_PER_MM * spacing)));
  const scale = intensities.length ? STEPS / Math.sqrt(intensities.length) : 0;
  return (from, to, axis) => {
    let squared = 0;
    for (const values of intensities) squared += ((values[from] ?? 0) - (values[to] ?? 0)) ** 2;
    return (table[Math.min(STEPS, Math.round(Math.sqrt(squared) * scale))] ?? 0) + (lengths[axis] ?? 1);
  };
}

/**
 * A queue of voxels by whole-number cost, for costs that never fall below the last one taken nor rise above it by
 * more than the ring has buckets (Dial 1969). Equal costs leave in reverse order of arrival.
 */
class BucketQueue {
  private readonly heads: Int32Array;
  private next = new Int32Array(1 << 16);
  private items = new Int32Array(1 << 16);
  private used = 0;
  /** Chain of entries that were taken and can be used again. */
  private free = -1;
  private waiting = 0;
  private current = 0;

  constructor(largestStep: number) {
    this.heads = new Int32Array(largestStep + 1).fill(-1);
  }

  push(item: number, cost: number): void {
    const entry = this.entry();
    const bucket = cost % this.heads.length;
    this.items[entry] = item;
    this.next[entry] = this.heads[bucket] ?? -1;
    this.heads[bucket] = entry;
    this.waiting += 1;
  }

  /** @returns an item of the least cost, or −1 when none is left. */
  pop(): number {
    if (this.waiting === 0) return -1;
    while (this.heads[this.current] === -1) this.current = (this.current + 1) % this.heads.length;
    const entry = this.heads[this.current] ?? 0;
    this.heads[this.current] = this.next[entry] ?? -1;
    this.next[entry] = this.free;
    this.free = entry;
    this.waiting -= 1;
    return this.items[entry] ?? -1;
  }

  private entry(): number {
    if (this.free >= 0) {
      const entry = this.free;
      this.free = this.next[entry] ?? -1;
      return entry;
    }
    if (this.used === this.items.length) {
      this.items = doubled(this.items);
      this.next = doubled(this.next);
    }
    this.used += 1;
    return this.used - 1;
  }
}

function doubled(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}

/** What a finished cut paints on the labelmap as it is now. It adds labels: what it finds to be background stays. */
export function growCutEdit(grid: LabelGrid, job: GrowCutJob, labels: Uint8Array, rules?: PaintRules): Edit {
  const admits = admission(grid, rules);
  const draft = new EditDraft(grid.voxels);
  let at = 0;
  forEachInBox(grid.shape, job.box, (index) => {
    const label = labels[at] ?? 0;
    at += 1;
    if (label !== 0 && admits(index, grid.voxels[index] ?? 0)) draft.set(index, label);
  });
  return draft.toEdit();
}
