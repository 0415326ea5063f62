/** The labels' shadows along the three axes: what can be shown of their shape without WebGL2. */
import type { PlaneGeometry } from '../core/planes';
import type { Palette } from '../core/slices';
import { extractLabelSlice } from '../core/slices';
import { labelBits } from '../core/unsure';
import type { Labelmap } from '../core/volume';

/** One label's shadow; `covered` has width × height entries, row by row from the top left. */
export interface Silhouette {
  readonly label: number;
  readonly covered: Uint8Array;
  readonly pixels: number;
}

/** Shadows of all labels through all slices of a plane, the largest first. */
export function silhouettesOf(labelmap: Labelmap, geometry: PlaneGeometry): Silhouette[] {
  const bits = labelBits(labelmap);
  const shadows = new Map<number, Uint8Array>();
  for (let slice = 0; slice < geometry.slice.length; slice += 1) {
    const labels = extractLabelSlice(labelmap, geometry, slice);
    for (let i = 0; i < labels.length; i += 1) {
      const label = (labels[i] ?? 0) & bits;
      if (label === 0) continue;
      let covered = shadows.get(label);
      if (!covered) shadows.set(label, (covered = new Uint8Array(labels.length)));
      covered[i] = 1;
    }
  }
  return [...shadows]
    .map(([label, covered]) => ({ label, covered, pixels: covered.reduce((sum, one) => sum + one, 0) }))
    .sort((a, b) => b.pixels - a.pixels);
}

/** Large shadows below small ones, in the labels' colours; hidden labels have none. */
export function paintSilhouettes(silhouettes: readonly Silhouette[], palette: Palette, out: Uint8ClampedArray): void {
  for (const { label, covered } of silhouettes) {
    const color = palette.subarray(4 * label, 4 * label + 4);
    if (color[3] === 0) continue;
    for (let i = 0; i < covered.length; i += 1) if (covered[i]) out.set(color, 4 * i);
  }
}
