/** What a page hands to the viewer, and what follows from it without any state. */
import type { LabelScheme } from './core/labels';

export interface CaseImage {
  readonly sequence: string;
  readonly name: string;
  readonly url: string;
}

export interface CaseOverlay {
  readonly key: string;
  readonly name: string;
  readonly url: string;
  readonly scheme: LabelScheme;
  readonly default_visible?: boolean;
  /** Painted here: whoever edits it puts its labelmap under the URL, nothing is fetched. */
  readonly edited?: boolean;
}

/** Two overlays, by key, whose differences can be shown. */
export interface ErrorPair {
  readonly key: string;
  readonly name: string;
  readonly reference: string;
  readonly prediction: string;
}

export interface CaseContent {
  readonly images: readonly CaseImage[];
  /** Names of the sequences that this case lacks. */
  readonly missing: readonly string[];
  readonly overlays: readonly CaseOverlay[];
  readonly error_pairs: readonly ErrorPair[];
}

/** A place for one sequence in the grid of panes. */
export type Slot =
  | { readonly kind: 'image'; readonly image: CaseImage; readonly name: string }
  | { readonly kind: 'missing'; readonly name: string };

export function slotsOf(content: CaseContent): Slot[] {
  return [
    ...content.images.map((image) => ({ kind: 'image', image, name: image.name }) as const),
    ...content.missing.map((name) => ({ kind: 'missing', name }) as const),
  ];
}

/** Colours that tell overlays apart where labels are not. */
const OVERLAY_COLORS = ['#f5c451', '#4cc3f0', '#f28ab2', '#7bd88f', '#b79cf2', '#f2925c', '#e5e7eb', '#4fd1c5'];

export function overlayColor(content: CaseContent, key: string): string {
  const index = content.overlays.findIndex((overlay) => overlay.key === key);
  return OVERLAY_COLORS[Math.max(0, index) % OVERLAY_COLORS.length] ?? '#ffffff';
}

/** Overlays of equal schemes share label toggles. */
export function schemeId(scheme: LabelScheme): string {
  return scheme.labels.map(({ value, name }) => `${value}=${name}`).join('|');
}

export function labelId(scheme: LabelScheme, value: number): string {
  return `${schemeId(scheme)}#${value}`;
}
