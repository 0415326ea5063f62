/** Two measurements of the same volumes: Bland and Altman's bias and limits of agreement. Pure. */
import { text } from './text';

export interface VolumePoint {
  /** What was measured, for those who point at it. */
  readonly name: string;
  /** Of both measurements. */
  readonly mean_ml: number;
  /** What is judged minus what it is judged by. */
  readonly difference_ml: number;
}

export interface Limits {
  readonly bias_ml: number;
  /** 1.96 standard deviations (n − 1) about the bias; null with fewer than two points. */
  readonly low_ml: number | null;
  readonly high_ml: number | null;
}

const NORMAL_95 = 1.96;

/** Bias and limits of agreement; null without points. */
export function limitsOf(points: readonly Pick<VolumePoint, 'difference_ml'>[]): Limits | null {
  const count = points.length;
  if (count === 0) return null;
  const bias_ml = points.reduce((sum, { difference_ml }) => sum + difference_ml, 0) / count;
  if (count < 2) return { bias_ml, low_ml: null, high_ml: null };
  const squares = points.reduce((sum, { difference_ml }) => sum + (difference_ml - bias_ml) ** 2, 0);
  const reach = NORMAL_95 * Math.sqrt(squares / (count - 1));
  return { bias_ml, low_ml: bias_ml - reach, high_ml: bias_ml + reach };
}

/** "Mean difference +0.42 mL. 95 % between −1.3 mL and +2.1 mL." */
export function limitsInWords({ bias_ml, low_ml, high_ml }: Limits): string {
  const bias = text.bias(formatDifference_ml(bias_ml));
  if (low_ml === null || high_ml === null) return bias;
  return `${bias} ${text.limits(formatDifference_ml(low_ml), formatDifference_ml(high_ml))}`;
}

/** A difference of volumes with its sign: +0.4 mL, −12 mL. */
export function formatDifference_ml(value: number): string {
  const size = Math.abs(value);
  const figure = size >= 99.95 ? size.toFixed(0) : size >= 0.995 ? size.toFixed(1) : size.toFixed(2);
  if (Number(figure) === 0) return '0 mL';
  return `${value > 0 ? '+' : '−'}${figure} mL`;
}
