/** Figures as people read them. `n/a` where there is no value: never a zero that was not measured. */

export const NOT_AVAILABLE = 'n/a';

/** A Dice score with three decimals: 0.912. Never rounds up to 1.000 or down to 0.000 what is not exactly so. */
export function formatScore(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return NOT_AVAILABLE;
  if (value < 1 && value >= 0.9995) return '0.999';
  if (value > 0 && value < 0.0005) return '<0.001';
  return value.toFixed(3);
}

/** A difference of scores, always with its sign: +0.012, −0.030. */
export function formatDifference(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return NOT_AVAILABLE;
  const size = Math.abs(value).toFixed(3);
  if (Number(size) === 0) return '0.000';
  return `${value > 0 ? '+' : '−'}${size}`;
}

/** 1st, 2nd, 3rd, 11th, 22nd; a shared rank that is a mean stays a figure: 2.5. */
export function formatOrdinal(rank: number): string {
  if (!Number.isInteger(rank)) return String(rank);
  const tens = rank % 100;
  if (tens >= 11 && tens <= 13) return `${rank}th`;
  const suffix = { 1: 'st', 2: 'nd', 3: 'rd' }[rank % 10] ?? 'th';
  return `${rank}${suffix}`;
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Decimal units, as file managers show them: 1.5 MB. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${BYTE_UNITS[unit]}`;
}

export function formatCount(count: number, one: string, many: string = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

/** Whole percent that reaches 100 only when all is done. */
export function percentDone(done: number, total: number): number {
  if (total <= 0) return 0;
  return Math.min(done >= total ? 100 : 99, Math.floor((100 * done) / total));
}

const LIST = new Intl.ListFormat('en-GB', { type: 'conjunction' });

/** "a", "a and b", "a, b and c". */
export function formatList(words: readonly string[]): string {
  return LIST.format(words);
}
