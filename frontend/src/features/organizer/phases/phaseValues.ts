/** What a phase's form holds, and what it sends. Pure. */
import type { Phase } from '~/api/types';
import { nsdTolerance_mm } from '~/features/metrics';

import { fromLocalField, toLocalField } from './localTime';
import { text } from './text';

export interface PhaseValues {
  title: string;
  slug: string;
  description: string;
  dataset_version: string;
  opens: string;
  closes: string;
  attempts_per_day: number;
  attempts_total: number;
  score_visibility: Phase['score_visibility'];
  images_shared: boolean;
  reference_shared: boolean;
  ranking_metrics: string[];
  ranking_regions: Phase['ranking_regions'];
  ranking_method: Phase['ranking_method'];
  ranking_statistic: Phase['ranking_statistic'];
  ties: Phase['ties'];
  lesion_rules: string;
  /** As typed, one each. */
  nsd_tolerances_mm: string[];
}

const SLUG = /^[a-zA-Z0-9_-]*$/;
const NUMBER = /^\d+(\.\d{1,3})?$/;
const LEAST_TOLERANCE_MM = 0.1;
const MOST_TOLERANCE_MM = 50;
export const MOST_TOLERANCES = 4;

export function valuesOf(phase: Phase | null, version: string): PhaseValues {
  return {
    title: phase?.title ?? '',
    slug: phase?.slug ?? '',
    description: phase?.description ?? '',
    dataset_version: phase?.dataset_version.id ?? version,
    opens: toLocalField(phase?.opens_at ?? null),
    closes: toLocalField(phase?.closes_at ?? null),
    attempts_per_day: phase?.attempts_per_day ?? 3,
    attempts_total: phase?.attempts_total ?? 30,
    score_visibility: phase?.score_visibility ?? 'public',
    images_shared: phase?.images_shared ?? true,
    reference_shared: phase?.reference_shared ?? false,
    ranking_metrics: phase?.ranking_metrics ?? ['dice'],
    ranking_regions: phase?.ranking_regions ?? 'mean',
    ranking_method: phase?.ranking_method ?? 'aggregate_then_rank',
    ranking_statistic: phase?.ranking_statistic ?? 'mean',
    ties: phase?.ties ?? 'min',
    lesion_rules: phase?.lesion_rules ?? 'brats2023',
    nsd_tolerances_mm: (phase?.nsd_tolerances_mm ?? [1]).map(String),
  };
}

export const validatePhase = {
  title: (title: string) => (title.trim() ? null : text.form.needTitle),
  slug: (slug: string) => (SLUG.test(slug) ? null : text.form.badSlug),
  dataset_version: (id: string) => (id ? null : text.form.needVersion),
  closes: (closes: string, { opens }: PhaseValues) => (closes && opens && closes <= opens ? text.form.badOrder : null),
  attempts_per_day: (count: number) => (count >= 1 ? null : text.form.needAttempts),
  attempts_total: (count: number, { attempts_per_day }: PhaseValues) =>
    count >= 1 ? (count < attempts_per_day ? text.form.totalBelowDay : null) : text.form.needAttempts,
  ranking_metrics: (keys: string[], { nsd_tolerances_mm }: PhaseValues) => {
    if (keys.length === 0) return text.scoring.needMetric;
    const unmeasured = notMeasured(keys, tolerancesOf(nsd_tolerances_mm));
    return unmeasured === null ? null : text.scoring.notMeasured(unmeasured);
  },
  nsd_tolerances_mm: (typed: string[]) => {
    if (typed.length === 0) return text.scoring.needTolerance;
    return typed.every(isTolerance) ? null : text.scoring.badTolerance;
  },
};

function isTolerance(typed: string): boolean {
  return NUMBER.test(typed) && Number(typed) >= LEAST_TOLERANCE_MM && Number(typed) <= MOST_TOLERANCE_MM;
}

/** Those that can be used, ascending and each once. */
export function tolerancesOf(typed: readonly string[]): number[] {
  return [...new Set(typed.filter(isTolerance).map(Number))].sort((a, b) => a - b);
}

/** The tolerance in mm of a surface Dice that is ranked by and not measured, if any. */
function notMeasured(keys: readonly string[], tolerances_mm: readonly number[]): number | null {
  const ranked = keys.map(nsdTolerance_mm).filter((mm) => mm !== null);
  return ranked.find((mm) => !tolerances_mm.includes(mm)) ?? null;
}

export type ScoringChange = 'none' | 'ranking' | 'metric_set';

/** What a change of the form means for the scores that there are: none, another order of them, or that they become older. */
export function scoringChange(before: PhaseValues, now: PhaseValues): ScoringChange {
  const measured = (values: PhaseValues) => [values.lesion_rules, ...tolerancesOf(values.nsd_tolerances_mm)].join(' ');
  if (measured(before) !== measured(now)) return 'metric_set';
  return rankingOf(before) === rankingOf(now) ? 'none' : 'ranking';
}

function rankingOf({ ranking_metrics, ranking_regions, ranking_method, ranking_statistic, ties }: PhaseValues): string {
  return JSON.stringify([ranking_metrics, ranking_regions, ranking_method, ranking_statistic, ties]);
}

export function bodyOf({ opens, closes, slug, nsd_tolerances_mm, ...rest }: PhaseValues) {
  return {
    ...rest,
    nsd_tolerances_mm: tolerancesOf(nsd_tolerances_mm),
    title: rest.title.trim(),
    ...(slug ? { slug } : {}),
    opens_at: fromLocalField(opens),
    closes_at: fromLocalField(closes),
  };
}

/** The server's fields under the form's names. */
export function formErrors(fields: Readonly<Record<string, string>>): Record<string, string> {
  const { opens_at, closes_at, ...others } = fields;
  return { ...others, ...(opens_at ? { opens: opens_at } : {}), ...(closes_at ? { closes: closes_at } : {}) };
}
