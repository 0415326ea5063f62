/** What is meshed: a labelmap's box, coarser where it is large, and its surfaces in the patient's millimetres. */
import { applyAffine, type Affine, AXES, type Axis, determinant, type Vec3 } from '../core/affine';
import { labelStatistics, type LabelStatistics } from '../core/labels';
import { labelBits } from '../core/unsure';
import { type Labelmap, stridesOf } from '../core/volume';
import { type LabelBlock, type LabelSurface, surfaceNets } from './surfaceNets';

/** A box out of a labelmap, without marks of confidence. */
export interface SurfaceJob extends LabelBlock {
  /** Voxel of the labelmap in which the box begins. */
  readonly low: Vec3;
  readonly affine: Affine;
  readonly spacing_mm: Vec3;
}

/** In RAS+ millimetres of the patient. */
export interface Surface extends LabelSurface {
  /** One unit vector per vertex, outwards. */
  readonly normals: Float32Array;
}

export interface Surfaces {
  readonly surfaces: readonly Surface[];
  /** Voxels along each axis that were taken together; 1, 1, 1 where the labelmap is drawn as it is. */
  readonly coarseness: Vec3;
}

/** About two seconds of work in a browser. */
export const MAX_VOXELS = 3_000_000;

/** The box around all labels; null where there is none. */
export function surfaceJob(labelmap: Labelmap, statistics: LabelStatistics = labelStatistics(labelmap)): SurfaceJob | null {
  const first = (axis: Axis) => statistics.profiles[axis].findIndex((count) => count > 0);
  const last = (axis: Axis) => statistics.profiles[axis].findLastIndex((count) => count > 0);
  const low: Vec3 = [first(0), first(1), first(2)];
  if (low[0] < 0) return null;
  const shape: Vec3 = [last(0) - low[0] + 1, last(1) - low[1] + 1, last(2) - low[2] + 1];
  const { affine, spacing_mm } = labelmap;
  return { voxels: crop(labelmap, low, shape), shape, low, affine, spacing_mm };
}

function crop(labelmap: Labelmap, low: Vec3, [nx, ny, nz]: Vec3): Uint8Array {
  const strides = stridesOf(labelmap.shape);
  const bits = labelBits(labelmap);
  const out = new Uint8Array(nx * ny * nz);
  for (let z = 0, target = 0; z < nz; z += 1) {
    for (let y = 0; y < ny; y += 1, target += nx) {
      const row = low[0] + (low[1] + y) * strides[1] + (low[2] + z) * strides[2];
      out.set(labelmap.voxels.subarray(row, row + nx), target);
    }
  }
  if (bits !== 0xff) for (let i = 0; i < out.length; i += 1) out[i] = (out[i] ?? 0) & bits;
  return out;
}

export function runSurfaceJob(job: SurfaceJob, onProgress?: (share: number) => void): Surfaces {
  const coarseness = coarsenessFor(job);
  const block = coarsen(job, coarseness);
  const surfaces = surfaceNets(block, onProgress).map((surface) => toPatient(surface, job, coarseness));
  return { surfaces, coarseness };
}

/** Whole numbers of voxels, so that blocks are about as long on all sides and there are few enough of them. */
export function coarsenessFor({ shape, spacing_mm }: Pick<SurfaceJob, 'shape' | 'spacing_mm'>, max = MAX_VOXELS): Vec3 {
  const factors: [number, number, number] = [1, 1, 1];
  const blocks = () => AXES.reduce<number>((product, axis) => product * Math.ceil(shape[axis] / factors[axis]), 1);
  while (blocks() > max) {
    const side_mm = (axis: Axis) => factors[axis] * spacing_mm[axis];
    const finest = AXES.reduce((best, axis) => (side_mm(axis) < side_mm(best) ? axis : best));
    factors[finest] += 1;
  }
  return factors;
}

/** The most frequent label of each block; background only where it fills more than half, so that thin parts stay. */
export function coarsen({ voxels, shape }: LabelBlock, factors: Vec3): LabelBlock {
  if (factors.every((factor) => factor === 1)) return { voxels, shape };
  const [fx, fy, fz] = factors;
  const [nx, ny, nz] = shape;
  const [cx, cy, cz]: Vec3 = [Math.ceil(nx / fx), Math.ceil(ny / fy), Math.ceil(nz / fz)];
  const out = new Uint8Array(cx * cy * cz);
  const counts = new Uint16Array(256);
  for (let i = 0; i < out.length; i += 1) {
    const x0 = (i % cx) * fx;
    const y0 = (Math.floor(i / cx) % cy) * fy;
    const z0 = Math.floor(i / (cx * cy)) * fz;
    let labelled = 0;
    let best = 0;
    counts.fill(0);
    for (let z = z0; z < Math.min(nz, z0 + fz); z += 1) {
      for (let y = y0; y < Math.min(ny, y0 + fy); y += 1) {
        for (let x = x0; x < Math.min(nx, x0 + fx); x += 1) {
          const label = voxels[x + nx * (y + ny * z)] ?? 0;
          if (label === 0) continue;
          labelled += 1;
          const count = (counts[label] = (counts[label] ?? 0) + 1);
          if (best === 0 || count > (counts[best] ?? 0)) best = label;
        }
      }
    }
    if (2 * labelled >= fx * fy * fz) out[i] = best;
  }
  return { voxels: out, shape: [cx, cy, cz] };
}

function toPatient({ label, positions, triangles }: LabelSurface, job: SurfaceJob, coarseness: Vec3): Surface {
  const world = new Float32Array(positions.length);
  const voxel = (axis: Axis, i: number) =>
    job.low[axis] + ((positions[i + axis] ?? 0) + 0.5) * coarseness[axis] - 0.5;
  for (let i = 0; i < positions.length; i += 3) {
    world.set(applyAffine(job.affine, [voxel(0, i), voxel(1, i), voxel(2, i)]), i);
  }
  const turned = determinant(job.affine) < 0 ? turnedAround(triangles) : triangles;
  return { label, positions: world, triangles: turned, normals: normalsOf(world, turned) };
}

/** On a grid that mirrors the patient, the outside would lie inside. */
function turnedAround(triangles: Uint32Array): Uint32Array {
  return triangles.map((vertex, i) => triangles[i % 3 === 0 ? i : i % 3 === 1 ? i + 1 : i - 1] ?? vertex);
}

/** Means of the triangles around each vertex, large ones counting more. */
function normalsOf(positions: Float32Array, triangles: Uint32Array): Float32Array {
  const normals = new Float32Array(positions.length);
  for (let t = 0; t < triangles.length; t += 3) {
    const corners = triangles.subarray(t, t + 3);
    const [a = 0, b = 0, c = 0] = corners;
    const edge = (to: number, axis: Axis) => (positions[3 * to + axis] ?? 0) - (positions[3 * a + axis] ?? 0);
    for (const axis of AXES) {
      const [u, v] = [((axis + 1) % 3) as Axis, ((axis + 2) % 3) as Axis];
      const part = edge(b, u) * edge(c, v) - edge(b, v) * edge(c, u);
      for (const corner of corners) normals[3 * corner + axis] = (normals[3 * corner + axis] ?? 0) + part;
    }
  }
  for (let i = 0; i < normals.length; i += 3) {
    const length = Math.hypot(normals[i] ?? 0, normals[i + 1] ?? 0, normals[i + 2] ?? 0) || 1;
    for (let c = i; c < i + 3; c += 1) normals[c] = (normals[c] ?? 0) / length;
  }
  return normals;
}
