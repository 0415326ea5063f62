/** How scores lie along an axis: its range, and where each dot of a strip stands. Pure. */
import type { Metric } from '~/api/types';
import { isShare } from '~/features/metrics';
import { lowerBound } from '~/ui';

export interface Axis {
  readonly domain: readonly [number, number];
  /** A square root where a few values lie far beyond the rest, such as penalties of 374 mm. */
  readonly type: 'linear' | 'sqrt';
}

const FAR = 6;

export function axisOf(values: readonly number[], metric: Pick<Metric, 'unit'>): Axis {
  if (isShare(metric)) return { domain: [lowerBound(values), 1], type: 'linear' };
  if (values.length === 0) return { domain: [0, 1], type: 'linear' };
  const sorted = [...values].sort((a, b) => a - b);
  const least = sorted[0] ?? 0;
  const most = sorted.at(-1) ?? 0;
  const domain = [Math.min(0, least), Math.max(most, least + 1e-9, 0)] as const;
  const quartile = sorted[Math.floor(0.75 * (sorted.length - 1))] ?? most;
  return { domain, type: least >= 0 && most > FAR * Math.max(quartile, most / 100) ? 'sqrt' : 'linear' };
}

const GOLDEN = 0.618033988749895;

/** Off the lane's middle, −½ to ½: neighbours in the order of their values stand apart, and always in the same place. */
export function offsetOf(place: number): number {
  return ((place + 1) * GOLDEN) % 1 - 0.5;
}
