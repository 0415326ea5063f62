/** Colours of those who have a say, apart from the labels' own; and how much they disagree, as heat. Pure. */
import type { LabelScheme } from '~/viewer';

import { FUSED } from './addresses';

const RATERS = ['#f5c451', '#4cc3f0', '#f28ab2', '#7bd88f', '#b79cf2', '#f2925c', '#4fd1c5', '#e58fe0'] as const;
const PEOPLE = ['#ff7a59', '#59d0ff', '#c3e65a', '#ff8fd6', '#a99bff', '#ffd166', '#5ee6b0', '#e0e0e0'] as const;

export const FUSED_COLOR = '#aab4ff';
export const BASE_COLOR = '#7d8b91';
export const REGION_COLOR = '#ffffff';
export const WHAT_IF_COLOR = '#ff6ef0';

/** `A` is the first rater. */
export function sourceColor(key: string): string {
  if (key === FUSED) return FUSED_COLOR;
  return RATERS[Math.max(0, key.charCodeAt(0) - 65) % RATERS.length] ?? FUSED_COLOR;
}

/** The same for everybody who looks. */
export function personColor(id: number): string {
  return PEOPLE[id % PEOPLE.length] ?? '#e0e0e0';
}

/** Dark red through orange to pale yellow, as glowing iron does. */
export function heatColor(share: number): string {
  const channel = (from: number) => Math.round(255 * Math.min(1, Math.max(0, (share - from) / 0.38)));
  const hex = (value: number) => value.toString(16).padStart(2, '0');
  return `#${hex(Math.max(90, channel(-0.2)))}${hex(channel(0.28))}${hex(channel(0.66))}`;
}

/** 255 shades: what the map of disagreement holds. */
export const HEAT_SCHEME: LabelScheme = {
  labels: Array.from({ length: 255 }, (_, i) => ({ value: i + 1, name: String(i + 1), color: heatColor((i + 1) / 255) })),
  regions: [],
};
