/**
 * Closed, smooth surfaces around the labels of a block of voxels, by surface nets for many labels at once: every cube
 * of eight voxels that holds more than one label gets one vertex, every two neighbouring voxels of different labels
 * get a quad between the four cubes around them, seen by each of the two labels from its own side. So labels that
 * touch share their border exactly. Gibson, Constrained elastic surface nets, MICCAI 1998.
 */
import type { Vec3 } from '../core/affine';

export interface LabelBlock {
  readonly voxels: Uint8Array;
  readonly shape: Vec3;
}

/** In voxel indices of the block, where whole numbers are centres; triangles turn counter-clockwise seen from outside. */
export interface LabelSurface {
  readonly label: number;
  /** x, y, z of each vertex. */
  readonly positions: Float32Array;
  /** Three vertices each. */
  readonly triangles: Uint32Array;
}

/** Taubin's two steps, which smooth without shrinking. */
const STEPS = [0.5, -0.53] as const;
const ROUNDS = 8;
/** How far a vertex may leave the middle of its cube, in voxels: less than half, so that nothing turns inside out. */
const REACH = 0.45;

/** @param onProgress the done share, from 0 to 1. */
export function surfaceNets(block: LabelBlock, onProgress: (share: number) => void = () => undefined): LabelSurface[] {
  const net = connect(pad(block));
  onProgress(0.4);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const step of STEPS) relax(net, step);
    onProgress(0.4 + (0.5 * (round + 1)) / ROUNDS);
  }
  return splitByLabel(net);
}

/** The block in a rim of background one voxel wide, which closes surfaces that reach its faces. */
function pad({ voxels, shape }: LabelBlock): LabelBlock {
  const [nx, ny, nz] = shape;
  const padded = new Uint8Array((nx + 2) * (ny + 2) * (nz + 2));
  for (let z = 0; z < nz; z += 1) {
    for (let y = 0; y < ny; y += 1) {
      const row = nx * (y + ny * z);
      padded.set(voxels.subarray(row, row + nx), 1 + (nx + 2) * (y + 1 + (ny + 2) * (z + 1)));
    }
  }
  return { voxels: padded, shape: [nx + 2, ny + 2, nz + 2] };
}

interface Net {
  readonly positions: Float32Array;
  /** Where they began. */
  readonly middles: Float32Array;
  /** Four vertices each, counter-clockwise seen from the second label's side. */
  readonly quads: Uint32Array;
  /** Two labels each: the one before and the one behind along the axis. */
  readonly sides: Uint8Array;
}

function connect({ voxels, shape }: LabelBlock): Net {
  const strides = [1, shape[0], shape[0] * shape[1]] as const;
  const borders = countBorders(voxels, strides);
  const quads = new Uint32Array(4 * borders);
  const sides = new Uint8Array(2 * borders);
  // 1 more than the vertex of the cube whose lowest corner is that voxel; 0 without any.
  const vertices = new Uint32Array(voxels.length);
  const cubes: number[] = [];
  const vertexOf = (cube: number) => (vertices[cube] ||= cubes.push(cube)) - 1;
  let quad = 0;
  for (let axis = 0; axis < 3; axis += 1) {
    const step = strides[axis] ?? 0;
    const u = strides[(axis + 1) % 3] ?? 0;
    const v = strides[(axis + 2) % 3] ?? 0;
    for (let i = 0; i + step < voxels.length; i += 1) {
      const before = voxels[i] ?? 0;
      const behind = voxels[i + step] ?? 0;
      if (before === behind) continue;
      quads[4 * quad] = vertexOf(i - u - v);
      quads[4 * quad + 1] = vertexOf(i - v);
      quads[4 * quad + 2] = vertexOf(i);
      quads[4 * quad + 3] = vertexOf(i - u);
      sides[2 * quad] = before;
      sides[2 * quad + 1] = behind;
      quad += 1;
    }
  }
  const middles = middlesOf(cubes, shape);
  return { positions: middles.slice(), middles, quads, sides };
}

/** Neighbours of different labels; the rim is background, so that a step over its end finds none. */
function countBorders(voxels: Uint8Array, strides: Vec3): number {
  let count = 0;
  for (const step of strides) {
    for (let i = 0; i + step < voxels.length; i += 1) if (voxels[i] !== voxels[i + step]) count += 1;
  }
  return count;
}

function middlesOf(cubes: readonly number[], [nx, ny]: Vec3): Float32Array {
  const middles = new Float32Array(3 * cubes.length);
  cubes.forEach((cube, vertex) => {
    // Half a voxel from the cube's lowest corner, and one back over the rim.
    middles[3 * vertex] = (cube % nx) - 0.5;
    middles[3 * vertex + 1] = (Math.floor(cube / nx) % ny) - 0.5;
    middles[3 * vertex + 2] = Math.floor(cube / (nx * ny)) - 0.5;
  });
  return middles;
}

/** Every vertex a step towards (or from) the mean of its neighbours, within its cube. */
function relax({ positions, middles, quads }: Net, step: number): void {
  const sums = new Float32Array(positions.length);
  const counts = new Uint16Array(positions.length / 3);
  for (let q = 0; q < quads.length; q += 4) {
    for (let corner = 0; corner < 4; corner += 1) {
      const a = quads[q + corner] ?? 0;
      const b = quads[q + ((corner + 1) & 3)] ?? 0;
      for (let c = 0; c < 3; c += 1) {
        sums[3 * a + c] = (sums[3 * a + c] ?? 0) + (positions[3 * b + c] ?? 0);
        sums[3 * b + c] = (sums[3 * b + c] ?? 0) + (positions[3 * a + c] ?? 0);
      }
      counts[a] = (counts[a] ?? 0) + 1;
      counts[b] = (counts[b] ?? 0) + 1;
    }
  }
  for (let i = 0; i < positions.length; i += 1) {
    const old = positions[i] ?? 0;
    const middle = middles[i] ?? 0;
    const mean = (sums[i] ?? 0) / (counts[Math.floor(i / 3)] ?? 1);
    positions[i] = Math.min(middle + REACH, Math.max(middle - REACH, old + step * (mean - old)));
  }
}

function splitByLabel(net: Net): LabelSurface[] {
  const counts = new Uint32Array(256);
  for (const label of net.sides) counts[label] = (counts[label] ?? 0) + 1;
  const own = new Uint32Array(net.positions.length / 3);
  const surfaces: LabelSurface[] = [];
  counts.forEach((quads, label) => {
    if (label > 0 && quads > 0) surfaces.push(surfaceOf(net, label, quads, own));
  });
  return surfaces;
}

/** @param own scratch: 1 more than a vertex's number within this surface; zeros, and zeros again afterwards. */
function surfaceOf({ positions, quads, sides }: Net, label: number, count: number, own: Uint32Array): LabelSurface {
  const triangles = new Uint32Array(6 * count);
  const vertices: number[] = [];
  const ownVertex = (vertex: number) => (own[vertex] ||= vertices.push(vertex)) - 1;
  let next = 0;
  const triangle = (a: number, b: number, c: number) => {
    triangles[next] = ownVertex(a);
    triangles[next + 1] = ownVertex(b);
    triangles[next + 2] = ownVertex(c);
    next += 3;
  };
  for (let quad = 0; quad < sides.length / 2; quad += 1) {
    const isBefore = sides[2 * quad] === label;
    if (!isBefore && sides[2 * quad + 1] !== label) continue;
    const corners = quads.subarray(4 * quad, 4 * quad + 4);
    const [a = 0, b = 0, c = 0, d = 0] = isBefore ? corners : corners.slice().reverse();
    // Both labels of a border must cut its quad along the same diagonal: the shorter one.
    if (distance2(positions, a, c) <= distance2(positions, b, d)) {
      triangle(a, b, c);
      triangle(a, c, d);
    } else {
      triangle(a, b, d);
      triangle(b, c, d);
    }
  }
  const compact = new Float32Array(3 * vertices.length);
  vertices.forEach((vertex, i) => {
    compact.set(positions.subarray(3 * vertex, 3 * vertex + 3), 3 * i);
    own[vertex] = 0;
  });
  return { label, positions: compact, triangles };
}

function distance2(positions: Float32Array, a: number, b: number): number {
  let sum = 0;
  for (let c = 0; c < 3; c += 1) sum += ((positions[3 * a + c] ?? 0) - (positions[3 * b + c] ?? 0)) ** 2;
  return sum;
}
