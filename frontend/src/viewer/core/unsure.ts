/**
 * The confidence brush: bit 7 of a voxel says that its rater is unsure of it. The other bits are its label, 0 too:
 * unsure whether there is anything. Only labelmaps that say so (`marksUnsure`) are read that way, and only schemes
 * without labels above 127 can have them.
 */
import type { LabelScheme } from './labels';
import type { Palette } from './slices';

export const UNSURE = 0x80;
const LABEL_BITS = 0x7f;
const ALL_BITS = 0xff;

export interface MarksUnsure {
  /** Absent: every bit of a voxel is its label. */
  readonly marksUnsure?: boolean;
}

/** What to `&` a voxel with to get its label. */
export function labelBits({ marksUnsure }: MarksUnsure): number {
  return marksUnsure ? LABEL_BITS : ALL_BITS;
}

export function allowsUnsure(scheme: Pick<LabelScheme, 'labels'>): boolean {
  return scheme.labels.every(({ value }) => value < UNSURE);
}

/**
 * Where a slice is unsure: `[x0, x1, y, …]`, runs of pixels of a row, `x1` excluded. Empty where all is sure.
 *
 * @param palette labels that it hides have no marks either.
 */
export function unsureRuns(labels: Uint8Array, width: number, palette: Palette): number[] {
  const runs: number[] = [];
  const isMarked = (i: number) => {
    const voxel = labels[i] ?? 0;
    return voxel === UNSURE || (voxel > UNSURE && (palette[4 * voxel + 3] ?? 0) > 0);
  };
  for (let i = 0; i < labels.length; i += 1) {
    if ((labels[i] ?? 0) < UNSURE || !isMarked(i)) continue;
    const x = i % width;
    const row = i - x;
    let end = x + 1;
    while (end < width && isMarked(row + end)) end += 1;
    runs.push(x, end, row / width);
    i = row + end - 1;
  }
  return runs;
}
