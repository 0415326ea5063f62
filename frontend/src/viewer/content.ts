/** What a page hands to the viewer, and what follows from it without any state. */
import type { LabelScheme } from './core/labels';

export interface CaseImage {
  readonly sequence: string;
  readonly name: string;
  readonly url: string;
  /** Computed here: what one image, by its URL, has more than the other. */
  readonly difference?: { readonly of: string; readonly from: string };
}

export interface CaseOverlay {
  readonly key: string;
  readonly name: string;
  readonly url: string;
  readonly scheme: LabelScheme;
  readonly default_visible?: boolean;
  /** Its own way of being drawn, whatever the viewer is set to. */
  readonly look?: OverlayLook;
  /** Painted here: whoever edits it puts its labelmap under the URL, nothing is fetched. */
  readonly edited?: boolean;
}

export interface OverlayLook {
  readonly style?: 'fill' | 'outline';
  /** One for all labels, as hex. */
  readonly color?: string;
  /** Of a fill, or of an outline. */
  readonly opacity?: number;
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

/** T1 after and before contrast agent, of those that the case has; else null. */
export function contrastPair({ images }: CaseContent): { readonly before: CaseImage; readonly after: CaseImage } | null {
  const find = (...names: string[]) => images.find(({ sequence }) => names.includes(sequence.toLowerCase()));
  const [before, after] = [find('t1', 't1n'), find('t1c', 't1ce', 't1gd')];
  return before && after ? { before, after } : null;
}

/** With an image of what took up contrast agent, where the case has both of T1; it is shown on demand only. */
export function withSubtraction(content: CaseContent): CaseContent {
  const pair = contrastPair(content);
  if (!pair) return content;
  const { before, after } = pair;
  const difference = { of: after.url, from: before.url };
  const image = { sequence: 'difference', name: `${after.name} − ${before.name}`, url: `difference:${after.url}`, difference };
  return { ...content, images: [...content.images, image] };
}

/** A place for one sequence in the grid of panes: images first, then missing ones, then what is computed. */
export type Slot =
  | { readonly kind: 'image'; readonly image: CaseImage; readonly name: string }
  | { readonly kind: 'missing'; readonly name: string };

export function slotsOf(content: CaseContent): Slot[] {
  const slot = (image: CaseImage): Slot => ({ kind: 'image', image, name: image.name });
  return [
    ...content.images.filter(({ difference }) => !difference).map(slot),
    ...content.missing.map((name) => ({ kind: 'missing', name }) as const),
    ...content.images.filter(({ difference }) => difference).map(slot),
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
