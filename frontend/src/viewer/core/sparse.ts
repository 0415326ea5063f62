/** Values of some voxels of a large grid. Kept in pages: memory follows what is touched, and order comes for free. */

const PAGE_BITS = 12;
const PAGE_VOXELS = 1 << PAGE_BITS;
const ABSENT = -1;

export class SparseVoxels {
  private readonly pages: (Int16Array | null)[];

  /** @param count voxels of the grid. */
  constructor(count: number) {
    this.pages = new Array<null>(Math.ceil(count / PAGE_VOXELS)).fill(null);
  }

  has(index: number): boolean {
    const page = this.pages[index >>> PAGE_BITS];
    return page ? page[index & (PAGE_VOXELS - 1)] !== ABSENT : false;
  }

  /** The voxel's value, or null where none was set. */
  get(index: number): number | null {
    const value = this.pages[index >>> PAGE_BITS]?.[index & (PAGE_VOXELS - 1)] ?? ABSENT;
    return value === ABSENT ? null : value;
  }

  /** @param value 0 to 255. */
  set(index: number, value: number): void {
    const at = index >>> PAGE_BITS;
    let page = this.pages[at];
    if (!page) {
      page = new Int16Array(PAGE_VOXELS).fill(ABSENT);
      this.pages[at] = page;
    }
    page[index & (PAGE_VOXELS - 1)] = value;
  }

  /** Every voxel that has a value, ascending. */
  forEach(visit: (index: number, value: number) => void): void {
    this.pages.forEach((page, at) => {
      if (!page) return;
      const first = at * PAGE_VOXELS;
      for (let i = 0; i < PAGE_VOXELS; i += 1) {
        const value = page[i] ?? ABSENT;
        if (value !== ABSENT) visit(first + i, value);
      }
    });
  }
}
