// @vitest-environment node
import { describe, expect, it } from 'vitest';

import type { Affine, Vec3 } from '../core/affine';
import { UNSURE } from '../core/unsure';
import { planeGeometry } from '../core/planes';
import { makePalette } from '../core/labels';
import { makeVolume } from '../core/volume';
import { paintSilhouettes, silhouettesOf } from './silhouettes';
import { coarsen, coarsenessFor, runSurfaceJob, type Surface, surfaceJob } from './surfaceJob';
import { surfaceNets } from './surfaceNets';

const RAS: Affine = [
  [1, 0, 0, -10],
  [0, 1, 0, 5],
  [0, 0, 1, 30],
];
const LPS_THICK: Affine = [
  [-0.8, 0, 0, 90],
  [0, -1, 0, 100],
  [0, 0, 3, -60],
];

type Mesh = Pick<Surface, 'positions' | 'triangles'>;

function paint(shape: Vec3, labelOf: (x: number, y: number, z: number) => number): Uint8Array {
  const voxels = new Uint8Array(shape[0] * shape[1] * shape[2]);
  return voxels.map((_, i) =>
    labelOf(i % shape[0], Math.floor(i / shape[0]) % shape[1], Math.floor(i / (shape[0] * shape[1]))),
  );
}

/** Voxels whose centre lies within a ball, in mm around the grid's middle. */
function ball(shape: Vec3, spacing: Vec3, radius_mm: number, label: (x: number) => number = () => 1): Uint8Array {
  const middle = shape.map((length) => (length - 1) / 2);
  return paint(shape, (...voxel) => {
    const away = Math.hypot(...voxel.map((index, axis) => (index - (middle[axis] ?? 0)) * (spacing[axis] ?? 1)));
    return away <= radius_mm ? label(voxel[0]) : 0;
  });
}

function surfacesOf(voxels: Uint8Array, shape: Vec3, affine: Affine) {
  const job = surfaceJob(makeVolume(voxels, shape, affine));
  if (!job) throw new Error('nothing is labelled');
  return runSurfaceJob(job).surfaces;
}

/** Positive where triangles turn counter-clockwise seen from outside. */
function volumeOf({ positions, triangles }: Mesh): number {
  const at = (vertex = 0, axis = 0) => positions[3 * vertex + axis] ?? 0;
  let volume = 0;
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = triangles.subarray(t, t + 3);
    volume +=
      at(a, 0) * (at(b, 1) * at(c, 2) - at(b, 2) * at(c, 1)) +
      at(a, 1) * (at(b, 2) * at(c, 0) - at(b, 0) * at(c, 2)) +
      at(a, 2) * (at(b, 0) * at(c, 1) - at(b, 1) * at(c, 0));
  }
  return volume / 6;
}

/** Edges that are not run through as often one way as the other: holes. */
function openEdges({ triangles }: Mesh): number {
  const balance = new Map<string, number>();
  for (let t = 0; t < triangles.length; t += 3) {
    for (let corner = 0; corner < 3; corner += 1) {
      const [from, to] = [triangles[t + corner] ?? 0, triangles[t + ((corner + 1) % 3)] ?? 0];
      const key = from < to ? `${from} ${to}` : `${to} ${from}`;
      balance.set(key, (balance.get(key) ?? 0) + (from < to ? 1 : -1));
    }
  }
  return [...balance.values()].filter((count) => count !== 0).length;
}

function pointsOf({ positions }: Mesh): Set<string> {
  const points = new Set<string>();
  for (let i = 0; i < positions.length; i += 3) points.add(positions.subarray(i, i + 3).join(' '));
  return points;
}

/** Pseudo-random labels 0–3: every way in which voxels can meet. */
function noise(shape: Vec3): Uint8Array {
  let seed = 7;
  return paint(shape, () => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    return Math.floor((seed / 2 ** 31) * 4);
  });
}

describe('surfaces of labels', () => {
  it.each([
    ['equal spacing', RAS, [30, 30, 30], [1, 1, 1]],
    ['thick slices on a grid that mirrors', LPS_THICK, [36, 30, 12], [0.8, 1, 3]],
  ] as const)("hold a ball's volume within 3 %% with %s", (_, affine, shape, spacing) => {
    const [surface, ...others] = surfacesOf(ball(shape, spacing, 12), shape, affine);
    expect(others).toEqual([]);
    const expected = (4 / 3) * Math.PI * 12 ** 3;
    expect(surface && volumeOf(surface) / expected).toBeGreaterThan(0.97);
    expect(surface && volumeOf(surface) / expected).toBeLessThan(1.03);
  });

  it('are closed, however voxels meet and where labels reach the edge of the grid', () => {
    const shape: Vec3 = [9, 8, 7];
    const surfaces = surfaceNets({ voxels: noise(shape), shape });
    expect(surfaces.map(({ label }) => label)).toEqual([1, 2, 3]);
    expect(surfaces.map(openEdges)).toEqual([0, 0, 0]);
    expect(surfaces.every((surface) => volumeOf(surface) > 0)).toBe(true);
  });

  it('share the border of labels that touch: neither gap nor overlap', () => {
    const shape: Vec3 = [30, 30, 30];
    const halves = surfacesOf(ball(shape, [1, 1, 1], 12, (x) => (x < 15 ? 1 : 2)), shape, RAS);
    const [left, right] = halves.map(pointsOf);
    const shared = [...(left ?? [])].filter((point) => right?.has(point));
    // A disc of radius 12 has some 450 voxels, and a vertex between any four of them.
    expect(shared.length).toBeGreaterThan(400);
    const sum = halves.reduce((total, half) => total + volumeOf(half), 0);
    expect(sum / ((4 / 3) * Math.PI * 12 ** 3)).toBeGreaterThan(0.97);
  });

  it('keep a single voxel in its place', () => {
    const shape: Vec3 = [5, 5, 5];
    const [surface] = surfacesOf(paint(shape, (x, y, z) => Number(x === 1 && y === 2 && z === 3)), shape, LPS_THICK);
    const middle = [0, 1, 2].map((axis) => {
      const along = (surface?.positions ?? new Float32Array()).filter((__, i) => i % 3 === axis);
      return along.reduce((sum, value) => sum + value, 0) / along.length;
    });
    expect(middle.map((value) => Math.round(value * 100) / 100)).toEqual([90 - 0.8, 100 - 2, -60 + 9]);
    expect(surface && volumeOf(surface)).toBeGreaterThan(0.1);
  });

  it('have normals of length one that point outwards', () => {
    const shape: Vec3 = [20, 20, 20];
    const [surface] = surfacesOf(ball(shape, [1, 1, 1], 8), shape, RAS);
    const { positions, normals } = surface ?? { positions: new Float32Array(), normals: new Float32Array() };
    const middle = [9.5 - 10, 9.5 + 5, 9.5 + 30];
    for (let i = 0; i < positions.length; i += 3) {
      const outward = [0, 1, 2].map((axis) => (positions[i + axis] ?? 0) - (middle[axis] ?? 0));
      const cosine = outward.reduce((sum, part, axis) => sum + part * (normals[i + axis] ?? 0), 0) / Math.hypot(...outward);
      expect(cosine).toBeGreaterThan(0.9);
    }
  });

  it('leave marks of confidence out, and are none where nothing is labelled', () => {
    const shape: Vec3 = [4, 4, 4];
    const marked = paint(shape, (x) => (x === 1 ? 2 : x === 2 ? 2 | UNSURE : x === 3 ? UNSURE : 0));
    const job = surfaceJob({ ...makeVolume(marked, shape, RAS), marksUnsure: true });
    expect(job && { low: job.low, shape: job.shape }).toEqual({ low: [1, 0, 0], shape: [2, 4, 4] });
    expect(job && new Set(job.voxels)).toEqual(new Set([2]));
    expect(surfaceJob(makeVolume(new Uint8Array(64), shape, RAS))).toBeNull();
  });
});

describe('large labelmaps', () => {
  it('are taken together along the finest axes first', () => {
    expect(coarsenessFor({ shape: [100, 100, 20], spacing_mm: [1, 1, 5] }, 200_000)).toEqual([1, 1, 1]);
    expect(coarsenessFor({ shape: [400, 400, 40], spacing_mm: [0.5, 0.5, 5] }, 1_600_000)).toEqual([2, 2, 1]);
  });

  it('keep the volume of a ball and thin sheets', () => {
    const shape: Vec3 = [41, 41, 41];
    const voxels = ball(shape, [1, 1, 1], 18);
    const job = { ...makeVolume(voxels, shape, RAS), low: [0, 0, 0] as Vec3 };
    const coarse = coarsen(job, [2, 2, 2]);
    expect(coarse.shape).toEqual([21, 21, 21]);
    const count = voxels.reduce((sum, label) => sum + label, 0);
    const kept = 8 * coarse.voxels.reduce((sum, label) => sum + label, 0);
    expect(kept / count).toBeGreaterThan(0.97);
    expect(kept / count).toBeLessThan(1.1);
    const sheet = coarsen({ voxels: paint([4, 4, 4], (x) => Number(x === 1)), shape: [4, 4, 4] }, [2, 2, 2]);
    expect([...sheet.voxels]).toEqual([1, 0, 1, 0, 1, 0, 1, 0]);
  });
});

describe('shadows without WebGL2', () => {
  const shape: Vec3 = [4, 3, 2];
  // Label 1 in one row along x, label 2 in the middle of it, one slice higher.
  const voxels = paint(shape, (x, y, z) => (y === 1 && z === 0 ? 1 : x === 1 && y === 1 && z === 1 ? 2 : 0));
  const labelmap = makeVolume(voxels, shape, RAS);
  const axial = planeGeometry(labelmap, 'axial');

  it('cover what any slice holds, the largest first', () => {
    const shadows = silhouettesOf(labelmap, axial);
    expect(shadows.map(({ label, pixels }) => [label, pixels])).toEqual([[1, 4], [2, 1]]);
    expect([...(shadows[0]?.covered ?? [])]).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0]);
  });

  it('lie over larger ones, and hidden labels have none', () => {
    const labels = [{ value: 1, name: 'a', color: '#ff0000' }, { value: 2, name: 'b', color: '#0000ff' }];
    const redAt = (hidden: readonly number[]) => {
      const out = new Uint8ClampedArray(4 * 12);
      paintSilhouettes(silhouettesOf(labelmap, axial), makePalette(labels, new Set(hidden)), out);
      return [4, 5, 6, 7].map((pixel) => out[4 * pixel]);
    };
    // x = 1 is third from the left: the patient's right is on the left.
    expect(redAt([])).toEqual([255, 255, 0, 255]);
    expect(redAt([2])).toEqual([255, 255, 255, 255]);
    expect(redAt([1])).toEqual([0, 0, 0, 0]);
  });
});
