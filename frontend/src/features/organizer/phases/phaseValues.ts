/** What a phase's form holds, and what it sends. Pure. */
import type { Phase } from '~/api/types';

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
  ties: Phase['ties'];
}

const SLUG = /^[a-zA-Z0-9_-]*$/;

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
    ties: phase?.ties ?? 'min',
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
};

export function bodyOf({ opens, closes, slug, ...rest }: PhaseValues) {
  return {
    ...rest,
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
