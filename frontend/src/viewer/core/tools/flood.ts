/** Connected voxels. */
import { AXES, type Vec3 } from '../affine';
import { stridesOf, type VoxelBox } from '../volume';
import { forEachInBox } from './grid';

/** Neighbours share a face (6 in the grid, 4 in a slice), or a face, edge or corner (26, 8). */
export type Connectivity = 'faces' | 'corners';

const STEPS = [-1, 0, 1] as const;

/**
 * Floods within a box. It remembers what it has reached: a voxel is reached once, however many floods run.
 *
 * It works on a copy of the box with a wall of voxels around it, so that no step needs to look for the rim.
 */
export class Flood {
  private readonly walled: Vec3;
  /** 1 where a flood has been, or is the wall. */
  private readonly closed: Uint8Array;
  /** Steps to the neighbours, in the walled box and in the grid. */
  private readonly walledSteps: Int32Array;
  private readonly gridSteps: Int32Array;

  constructor(
    private readonly shape: Vec3,
    private readonly box: VoxelBox,
    connectivity: Connectivity,
  ) {
    const { low, high } = box;
    this.walled = [high[0] - low[0] + 3, high[1] - low[1] + 3, high[2] - low[2] + 3];
    this.closed = new Uint8Array(this.walled[0] * this.walled[1] * this.walled[2]).fill(1);
    const last: Vec3 = [this.walled[0] - 2, this.walled[1] - 2, this.walled[2] - 2];
    forEachInBox(this.walled, { low: [1, 1, 1], high: last }, (at) => (this.closed[at] = 0));

    const steps = STEPS.flatMap((z) => STEPS.flatMap((y) => STEPS.map((x): Vec3 => [x, y, z]))).filter((step) => {
      const moved = AXES.filter((axis) => step[axis] !== 0);
      const stays = moved.some((axis) => low[axis] === high[axis]);
      return moved.length > 0 && !stays && (connectivity === 'corners' || moved.length === 1);
    });
    const along = (strides: Vec3) =>
      Int32Array.from(steps, (step) => step[0] * strides[0] + step[1] * strides[1] + step[2] * strides[2]);
    this.walledSteps = along(stridesOf(this.walled));
    this.gridSteps = along(stridesOf(shape));
  }

  hasReached(index: number): boolean {
    return this.closed[this.inWalls(index)] === 1;
  }

  /**
   * Voxels that can be reached from the seeds through accepted ones, seeds included; in order of arrival.
   *
   * @param seeds voxels of the box; those that are not accepted, or were reached before, start nothing.
   */
  from(seeds: Iterable<number>, accept: (index: number) => boolean): Uint32Array {
    const { closed, walledSteps, gridSteps } = this;
    const neighbours = gridSteps.length;
    const reached = new IndexList();
    const places = new IndexList();
    for (const seed of seeds) {
      const place = this.inWalls(seed);
      if (closed[place] === 1 || !accept(seed)) continue;
      closed[place] = 1;
      reached.push(seed);
      places.push(place);
    }
    for (let head = 0; head < reached.length; head += 1) {
      const index = reached.at(head);
      const place = places.at(head);
      for (let k = 0; k < neighbours; k += 1) {
        const nextPlace = place + (walledSteps[k] ?? 0);
        if (closed[nextPlace] === 1) continue;
        const next = index + (gridSteps[k] ?? 0);
        if (!accept(next)) continue;
        closed[nextPlace] = 1;
        reached.push(next);
        places.push(nextPlace);
      }
    }
    return reached.toArray();
  }

  /** A voxel's place in the walled box. */
  private inWalls(index: number): number {
    const { low } = this.box;
    const x = index % this.shape[0];
    const row = (index - x) / this.shape[0];
    const y = row % this.shape[1];
    const z = (row - y) / this.shape[1];
    return x - low[0] + 1 + this.walled[0] * (y - low[1] + 1 + this.walled[1] * (z - low[2] + 1));
  }
}

/** Voxel indices in an array that grows. */
class IndexList {
  length = 0;
  private items = new Uint32Array(1024);

  push(index: number): void {
    if (this.length === this.items.length) {
      const larger = new Uint32Array(2 * this.items.length);
      larger.set(this.items);
      this.items = larger;
    }
    this.items[this.length] = index;
    this.length += 1;
  }

  at(place: number): number {
    return this.items[place] ?? 0;
  }

  toArray(): Uint32Array {
    return this.items.slice(0, this.length);
  }
}
