/** Which overlays are worth comparing: each prediction or annotation with the reference. Pure. */
import type { CaseOverlay } from '~/api/types';

export interface ErrorPair {
  readonly key: string;
  readonly name: string;
  readonly reference: string;
  readonly prediction: string;
}

type Overlay = Pick<CaseOverlay, 'key' | 'kind' | 'name'>;

/** Predictions first. None where the person may not see the reference. */
export function errorPairs(overlays: readonly Overlay[], nameOf: (prediction: string, reference: string) => string): ErrorPair[] {
  const reference = overlays.find(({ kind }) => kind === 'consensus' || kind === 'reference');
  if (!reference) return [];
  const compared = ['prediction', 'annotation'].flatMap((wanted) => overlays.filter(({ kind }) => kind === wanted));
  return compared.map(({ key, name }) => ({
    key: `${reference.key} ${key}`,
    name: nameOf(name, reference.name),
    reference: reference.key,
    prediction: key,
  }));
}

/** What is laid over the images at first: what was asked for by its key, else the prediction, else the reference. */
export function shownAtFirst(overlays: readonly Overlay[], wanted: string | null = null): string | null {
  if (overlays.some(({ key }) => key === wanted)) return wanted;
  const first = ['prediction', 'consensus', 'reference'].flatMap((kind) => overlays.filter((overlay) => overlay.kind === kind));
  return first[0]?.key ?? null;
}
