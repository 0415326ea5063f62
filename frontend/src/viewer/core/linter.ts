/**
 * The tumour linter: what in a labelmap contradicts the images or itself. Each finding knows its voxels and what they
 * would become, so that one key mends it, as an edit like any other.
 *
 * `lintLabels` is the long part, and takes and gives plain values: a Web Worker can run it.
 */
import type { Vec3 } from './affine';
import { type Edit, EditDraft } from './edits';
import type { LabelScheme, LabelStatistics, Region } from './labels';
import { ownLabel, ringRules } from './regionRules';
import { componentsOf, sidesOf, surroundingLabel } from './tools/cleanup';
import { Flood } from './tools/flood';
import { forEachInBox, gridBox, type LabelGrid, widen } from './tools/grid';
import { labelBits } from './unsure';
import { stridesOf, type VoxelBox, voxelVolume_ml } from './volume';

/** The worst first. */
export const FINDING_KINDS = ['outside', 'no-gain', 'hole', 'island'] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

export interface Finding {
  readonly kind: FindingKind;
  /** The label in question: of most of its voxels. */
  readonly label: number;
  /** What the voxels would become. */
  readonly becomes: number;
  /** In the grid, with the label that each was found to have. */
  readonly voxels: Uint32Array;
  readonly found: Uint8Array;
  /** One of them, near the middle. */
  readonly at: Vec3;
  readonly volume_ml: number;
  /** Of `no-gain`: how much more it takes up than the tissue around, in percent of the windows. */
  readonly gain?: number;
}

/** The surroundings of the labels, cut out; arrays are of the box, x fastest. */
export interface LintJob {
  readonly box: VoxelBox;
  readonly gridShape: Vec3;
  readonly spacing_mm: Vec3;
  readonly scheme: LabelScheme;
  readonly labels: Uint8Array;
  /** 1 where any image shows something: elsewhere is no brain. */
  readonly tissue: Uint8Array;
  /** What took up contrast agent, in percent of the windows (`contrastGain`); null without T1 before and after. */
  readonly gain: Int8Array | null;
}

/** How much of the tissue around the labels is looked at, to know what is no gain. */
const MARGIN_MM = 8;
/**
 * Enhancing tumour takes up at least this much more than the tissue around, in percent of the windows. In a glioma of
 * TCGA (FG-6692) its enhancing parts had 14 and 29, edema 5; one without enhancement (DU-7294) −2 to 2.
 */
const LEAST_GAIN = 6;
/** A part of the whole that is smaller is an island, a part of one label within others a speck. */
const ISLAND_ML = 0.1;
const SPECK_ML = 0.01;
/** A larger hole in the whole is no slip of the brush: a ventricle, or a cyst that was left out. */
const HOLE_ML = 1;
const MOST_FINDINGS = 60;

/** The box around all labels with its surroundings, or null where nothing is labelled. */
export function lintBox({ profiles }: LabelStatistics, { shape, spacing_mm }: LabelGrid): VoxelBox | null {
  const first = (axis: 0 | 1 | 2) => profiles[axis].findIndex((count) => count > 0);
  const last = (axis: 0 | 1 | 2) => profiles[axis].findLastIndex((count) => count > 0);
  const box: VoxelBox = { low: [first(0), first(1), first(2)], high: [last(0), last(1), last(2)] };
  return box.low[0] < 0 ? null : widen(box, MARGIN_MM, spacing_mm, gridBox(shape, null));
}

/** What mends a finding now: voxels that were painted since it was found stay as they are. */
export function fixFinding(grid: LabelGrid, { voxels, found, becomes }: Finding): Edit {
  const bits = labelBits(grid);
  const draft = new EditDraft(grid.voxels);
  voxels.forEach((index, i) => {
    if (((grid.voxels[index] ?? 0) & bits) === found[i]) draft.set(index, becomes);
  });
  return draft.toEdit();
}

/** Everything that is found, the worst first; of one kind the largest first. */
export function lintLabels(job: LintJob): Finding[] {
  const grid: LabelGrid = { voxels: job.labels, shape: sizeOf(job.box), spacing_mm: job.spacing_mm };
  const holes = holesOf(job, grid);
  const found = [...outsideOf(job, grid), ...withoutGain(job, grid), ...holes, ...islandsOf(job, grid, holes)];
  const rank = ({ kind }: Finding) => FINDING_KINDS.indexOf(kind);
  return found
    .map((each) => findingOf(job, grid, each))
    .sort((a, b) => rank(a) - rank(b) || b.volume_ml - a.volume_ml)
    .slice(0, MOST_FINDINGS);
}

function sizeOf({ low, high }: VoxelBox): Vec3 {
  return [high[0] - low[0] + 1, high[1] - low[1] + 1, high[2] - low[2] + 1];
}

/** Labels where no image shows anything, part by part. */
function outsideOf(job: LintJob, grid: LabelGrid): Found[] {
  const stray = job.labels.map((label, i) => (label !== 0 && job.tissue[i] === 0 ? 1 : 0));
  const parts = componentsOf({ ...grid, voxels: stray }, 1, gridBox(grid.shape, null), 'corners');
  return parts.map((voxels) => ({ kind: 'outside', voxels, becomes: 0 }));
}

/** Parts called enhancing that took up no more contrast agent than the unlabelled tissue around. */
function withoutGain(job: LintJob, grid: LabelGrid): Found[] {
  const { gain, scheme } = job;
  const enhancing = scheme.regions.find(({ key }) => key === 'enhancing');
  if (!gain || !enhancing) return [];
  const usual = usualGain(job, gain);
  const becomes = labelOutside(scheme, enhancing);
  return enhancing.labels.flatMap((label) =>
    componentsOf(grid, label, gridBox(grid.shape, null), 'corners').flatMap((voxels): Found[] => {
      const mean = voxels.reduce((sum, index) => sum + (gain[index] ?? 0), 0) / voxels.length - usual;
      const isLarge = voxels.length * voxelVolume_ml(job.spacing_mm) >= SPECK_ML;
      return isLarge && mean < LEAST_GAIN ? [{ kind: 'no-gain', voxels, becomes, gain: Math.round(mean) }] : [];
    }),
  );
}

/** Median gain of tissue without a label; 0 without any. */
function usualGain({ labels, tissue }: LintJob, gain: Int8Array): number {
  const values = gain.filter((_, i) => labels[i] === 0 && tissue[i] === 1).sort();
  return values[values.length >> 1] ?? 0;
}

/** What a voxel of a region is when it is not of that region. */
function labelOutside(scheme: LabelScheme, region: Region): number {
  const around = scheme.regions
    .filter(({ labels }) => labels.length > region.labels.length && region.labels.every((label) => labels.includes(label)))
    .sort((a, b) => a.labels.length - b.labels.length)[0];
  return (around && ownLabel(scheme, around)) ?? 0;
}

/** What regions enclose on all sides and may not (`ringRules`), and small gaps in the whole. */
function holesOf(job: LintJob, grid: LabelGrid): Found[] {
  const taken = new Uint8Array(grid.voxels.length);
  const found: Found[] = [];
  const all = job.scheme.labels.map(({ value }) => value).filter((value) => value !== 0);
  for (const { ring, inside, label } of ringRules(job.scheme)) {
    for (const voxels of enclosedBy(grid, ring, (value) => !inside.includes(value))) {
      const fresh = voxels.filter((index) => taken[index] === 0);
      fresh.forEach((index) => (taken[index] = 1));
      if (fresh.length > 0) found.push({ kind: 'hole', voxels: fresh, becomes: label });
    }
  }
  for (const voxels of enclosedBy(grid, all, (value) => value === 0)) {
    const isSmall = voxels.length * voxelVolume_ml(job.spacing_mm) < HOLE_ML;
    if (!isSmall || voxels.some((index) => taken[index] === 1)) continue;
    const becomes = surroundingLabel(grid, voxels, 0, gridBox(grid.shape, null));
    found.push({ kind: 'hole', voxels, becomes });
  }
  return found;
}

/** Connected voxels of unwanted labels that a ring of labels encloses. */
function enclosedBy(grid: LabelGrid, ring: readonly number[], isUnwanted: (label: number) => boolean): Uint32Array[] {
  const { voxels, shape } = grid;
  const box = gridBox(shape, null);
  const isRing = new Set(ring);
  const outside = new Flood(shape, box, 'faces');
  outside.from(sidesOf(shape, box, null), (index) => !isRing.has(voxels[index] ?? 0));
  const parts = new Flood(shape, box, 'faces');
  const isIn = (index: number) =>
    !isRing.has(voxels[index] ?? 0) && isUnwanted(voxels[index] ?? 0) && !outside.hasReached(index);
  const found: Uint32Array[] = [];
  forEachInBox(shape, box, (index) => {
    if (isIn(index) && !parts.hasReached(index)) found.push(parts.from([index], isIn));
  });
  return found;
}

/** Small parts of the whole beside its largest, and specks of one label within others, unless they are holes. */
function islandsOf(job: LintJob, grid: LabelGrid, holes: readonly Found[]): Found[] {
  const voxel_ml = voxelVolume_ml(job.spacing_mm);
  const box = gridBox(grid.shape, null);
  const whole = grid.voxels.map((label) => (label === 0 ? 0 : 1));
  const parts = componentsOf({ ...grid, voxels: whole }, 1, box, 'corners');
  const largest = Math.max(0, ...parts.map(({ length }) => length));
  const islands = parts.filter(({ length }) => length < largest && length * voxel_ml < ISLAND_ML);
  const taken = new Uint8Array(grid.voxels.length);
  for (const voxels of [...islands, ...holes.map((hole) => hole.voxels)]) voxels.forEach((index) => (taken[index] = 1));
  const specks = job.scheme.labels
    .filter(({ value }) => value !== 0)
    .flatMap(({ value }) => componentsOf(grid, value, box, 'corners').map((voxels) => ({ value, voxels })))
    .filter(({ voxels }) => voxels.length * voxel_ml < SPECK_ML && taken[voxels[0] ?? 0] === 0)
    .map(({ value, voxels }) => ({ voxels, becomes: surroundingLabel(grid, voxels, value, box) }))
    // At the rim of the whole a few voxels of a label are no slip.
    .filter(({ becomes }) => becomes !== 0);
  return [...islands.map((voxels) => ({ voxels, becomes: 0 })), ...specks].map((each) => ({ kind: 'island', ...each }));
}

interface Found {
  readonly kind: FindingKind;
  /** In the box. */
  readonly voxels: Uint32Array;
  readonly becomes: number;
  readonly gain?: number;
}

function findingOf({ box, gridShape, spacing_mm }: LintJob, grid: LabelGrid, { voxels, ...rest }: Found): Finding {
  const { shape } = grid;
  const strides = stridesOf(shape);
  const outer = stridesOf(gridShape);
  const found = Uint8Array.from(voxels, (index) => grid.voxels[index] ?? 0);
  const place = (index: number): Vec3 => [
    (index % shape[0]) + box.low[0],
    (Math.floor(index / strides[1]) % shape[1]) + box.low[1],
    Math.floor(index / strides[2]) + box.low[2],
  ];
  const places = Array.from(voxels, place);
  return {
    ...rest,
    label: commonest(found),
    voxels: Uint32Array.from(places, ([x, y, z]) => x + y * outer[1] + z * outer[2]),
    found,
    at: nearestToMiddle(places),
    volume_ml: voxels.length * voxelVolume_ml(spacing_mm),
  };
}

function commonest(labels: Uint8Array): number {
  const counts = new Uint32Array(256);
  labels.forEach((label) => (counts[label] = (counts[label] ?? 0) + 1));
  return counts.indexOf(counts.reduce((most, count) => Math.max(most, count), 0));
}

function nearestToMiddle(places: readonly Vec3[]): Vec3 {
  const middle = [0, 1, 2].map((axis) => places.reduce((sum, place) => sum + (place[axis] ?? 0), 0) / places.length);
  const distance = (place: Vec3) => place.reduce((sum, at, axis) => sum + (at - (middle[axis] ?? 0)) ** 2, 0);
  return places.reduce((best, place) => (distance(place) < distance(best) ? place : best), places[0] ?? [0, 0, 0]);
}
