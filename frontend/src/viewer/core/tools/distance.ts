/** Exact distances in a slice, in mm, by lower envelopes of parabolas (Felzenszwalb & Huttenlocher 2012). */

/** A slice's mask and the size of its pixels. */
export interface SliceMask {
  /** 1 inside, 0 outside; width × height, rows of u. */
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** Along u, along v. */
  readonly spacing_mm: readonly [number, number];
}

/**
 * Signed distance of every pixel to the shape's other side: positive inside, negative outside. What has no other
 * side within the slice is as far as the slice is long.
 */
export function signedDistances_mm(mask: SliceMask): Float64Array {
  const { pixels, width, height, spacing_mm } = mask;
  const farthest = Math.hypot(width * spacing_mm[0], height * spacing_mm[1]);
  const toOutside = squaredDistances(mask, 0);
  const toInside = squaredDistances(mask, 1);
  return Float64Array.from(pixels, (pixel, i) => {
    const distance = Math.min(farthest, Math.sqrt((pixel ? toOutside[i] : toInside[i]) ?? 0));
    return pixel ? distance : -distance;
  });
}

/** Squared distance of every pixel to the nearest one with a value. */
function squaredDistances({ pixels, width, height, spacing_mm }: SliceMask, value: 0 | 1): Float64Array {
  const squared = Float64Array.from(pixels, (pixel) => (pixel === value ? 0 : Infinity));
  const line = new Envelope(Math.max(width, height));
  for (let u = 0; u < width; u += 1) line.run(squared, u, width, height, spacing_mm[1]);
  for (let v = 0; v < height; v += 1) line.run(squared, v * width, 1, width, spacing_mm[0]);
  return squared;
}

/** One pass along a line of pixels, with its own memory. */
class Envelope {
  private readonly heights: Float64Array;
  /** Pixels whose parabolas make up the envelope, and from where each is the lowest. */
  private readonly tops: Int32Array;
  private readonly from: Float64Array;

  constructor(length: number) {
    this.heights = new Float64Array(length);
    this.tops = new Int32Array(length);
    this.from = new Float64Array(length + 1);
  }

  run(values: Float64Array, first: number, step: number, length: number, spacing: number): void {
    const count = this.build(values, first, step, length, spacing);
    if (count === 0) return;
    for (let i = 0, k = 0; i < length; i += 1) {
      while (k + 1 < count && (this.from[k + 1] ?? 0) < i * spacing) k += 1;
      const top = this.tops[k] ?? 0;
      values[first + i * step] = ((i - top) * spacing) ** 2 + (this.heights[top] ?? 0);
    }
  }

  private build(values: Float64Array, first: number, step: number, length: number, spacing: number): number {
    const { heights, tops, from } = this;
    let count = 0;
    for (let i = 0; i < length; i += 1) {
      const height = values[first + i * step] ?? Infinity;
      heights[i] = height;
      if (height === Infinity) continue;
      const x = i * spacing;
      let crossing = -Infinity;
      while (count > 0) {
        const top = tops[count - 1] ?? 0;
        const xTop = top * spacing;
        crossing = (height + x * x - (heights[top] ?? 0) - xTop * xTop) / (2 * (x - xTop));
        if (crossing > (from[count - 1] ?? 0)) break;
        count -= 1;
        crossing = -Infinity;
      }
      tops[count] = i;
      from[count] = crossing;
      count += 1;
    }
    return count;
  }
}
