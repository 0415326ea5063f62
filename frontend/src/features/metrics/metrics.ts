/** Metrics as people read them: their groups, figures with units, and which end is worse. Pure. */
import type { Metric } from '~/api/types';
import { formatDifference, formatScore, NOT_AVAILABLE } from '~/format';

export type MetricGroup = 'overlap' | 'distance' | 'lesions' | 'volume';

export const METRIC_GROUPS: readonly MetricGroup[] = ['overlap', 'distance', 'lesions', 'volume'];

const NSD = /^nsd_(\d+(?:\.\d+)?)mm$/;
const COUNTED = 'lesions';
const TOLERANCE_IN_NAME = /\d+(?:\.\d+)? mm/;

export function groupOf(key: string): MetricGroup {
  if (key.startsWith('lesion')) return 'lesions';
  if (key.startsWith('volume')) return 'volume';
  return key.startsWith('hd95') || key.startsWith('nsd') ? 'distance' : 'overlap';
}

/** How the surface Dice at a tolerance in mm is called on the wire. */
export function nsdKey(tolerance_mm: number): string {
  return `nsd_${tolerance_mm}mm`;
}

/** The tolerance of a surface Dice; null for another metric. */
export function nsdTolerance_mm(key: string): number | null {
  const tolerance = NSD.exec(key)?.[1];
  return tolerance ? Number(tolerance) : null;
}

/** The metric of this key; a surface Dice takes any tolerance, though the catalogue names one. A share called by its key if unknown. */
export function metricOf(catalogue: readonly Metric[], key: string): Metric {
  const known = catalogue.find((metric) => metric.key === key);
  if (known) return known;
  const surfaceDice = catalogue.find((metric) => NSD.test(metric.key));
  const tolerance = nsdTolerance_mm(key);
  if (surfaceDice && tolerance !== null) {
    return { ...surfaceDice, key, name: surfaceDice.name.replace(TOLERANCE_IN_NAME, `${tolerance} mm`) };
  }
  return { key, name: key, unit: '', higher_is_better: true, worst: 0, description: '' };
}

/** The keys of the catalogue in its order, with the surface Dice at these tolerances in place of its own. */
export function keysMeasured(catalogue: readonly Metric[], tolerances_mm: readonly number[]): string[] {
  const ascending = [...new Set(tolerances_mm)].sort((a, b) => a - b);
  return catalogue.flatMap(({ key }) => (NSD.test(key) ? ascending.map(nsdKey) : [key]));
}

/** These metrics in the catalogue's order, tolerances ascending. */
export function metricsNamed(catalogue: readonly Metric[], keys: readonly string[]): Metric[] {
  const tolerances = keys.map(nsdTolerance_mm).filter((mm) => mm !== null);
  const known = keysMeasured(catalogue, tolerances).filter((key) => keys.includes(key));
  return [...known, ...keys.filter((key) => !known.includes(key))].map((key) => metricOf(catalogue, key));
}

/** By group, in the order of the groups and of the metrics given; groups without one are left out. */
export function inGroups(metrics: readonly Metric[]): { group: MetricGroup; metrics: Metric[] }[] {
  return METRIC_GROUPS.map((group) => ({ group, metrics: metrics.filter(({ key }) => groupOf(key) === group) })).filter(
    ({ metrics: found }) => found.length > 0,
  );
}

/** A share of 1, of which a bar can be drawn. */
export function isShare({ unit }: Pick<Metric, 'unit'>): boolean {
  return unit === '';
}

/** The figure alone, its unit elsewhere: shares to three decimals, lengths and volumes to about three digits. */
export function formatFigure(value: number | null | undefined, metric: Pick<Metric, 'unit'>): string {
  if (isShare(metric)) return formatScore(value);
  if (value === null || value === undefined || Number.isNaN(value)) return NOT_AVAILABLE;
  return `${value < 0 ? '−' : ''}${sizeOf(value, metric)}`;
}

/** With the unit: 2.24 mm, 3 lesions, 0.912. */
export function formatMetric(value: number | null | undefined, metric: Pick<Metric, 'unit'>): string {
  const figure = formatFigure(value, metric);
  return figure === NOT_AVAILABLE || isShare(metric) ? figure : `${figure} ${metric.unit}`;
}

/** With its sign: +0.012, −1.30. */
export function formatMetricDifference(value: number | null | undefined, metric: Pick<Metric, 'unit'>): string {
  if (isShare(metric)) return formatDifference(value);
  if (value === null || value === undefined || Number.isNaN(value)) return NOT_AVAILABLE;
  const size = sizeOf(value, metric);
  if (Number(size) === 0) return size;
  return `${value > 0 ? '+' : '−'}${size}`;
}

function sizeOf(value: number, { unit }: Pick<Metric, 'unit'>): string {
  const size = Math.abs(value);
  if (unit === COUNTED) return Number.isInteger(size) ? String(size) : size.toFixed(1);
  return size.toFixed(size < 99.995 ? 2 : 1);
}

/** "Dice", "HD95, pooled (mm)"; of a count the name says it. */
export function nameWithUnit({ name, unit }: Pick<Metric, 'name' | 'unit'>): string {
  return unit === '' || unit === COUNTED ? name : `${name} (${unit})`;
}

/** "HD95 (pooled)": within a sentence the comma of a name would be taken for the sentence's. */
export function nameInSentence({ name }: Pick<Metric, 'name'>): string {
  return name.replace(/, (.+)$/, ' ($1)');
}

/** The order that shows first what is worth looking at: low overlap, large distances, volumes far off, many missed. */
export function worstFirst({ key, higher_is_better }: Pick<Metric, 'key' | 'higher_is_better'>): 'ascending' | 'descending' {
  return higher_is_better === true || key === 'lesion_tp' ? 'ascending' : 'descending';
}

/** What a table sorts by: the value, of signed differences their size. */
export function sortValue(value: number | null | undefined, { key }: Pick<Metric, 'key'>): number | null {
  if (value === null || value === undefined) return null;
  return key.includes('difference') ? Math.abs(value) : value;
}
