/** How stable an order is, as it is drawn and said. Pure. */
import type { RankedEntrant, RankingAnalysis } from '~/api/types';
import { formatList } from '~/format';

import { text } from './text';

const words = text.stability;

/** One blob: how often an entrant (by position, best first) took a place. */
export interface PlaceShare {
  readonly entrant: number;
  readonly place: number;
  readonly share: number;
}

/** Places that were never taken are not drawn. */
export function placeShares(entrants: readonly RankedEntrant[]): PlaceShare[] {
  return entrants.flatMap(({ frequencies }, entrant) =>
    frequencies.flatMap((share, index) => (share > 0 ? [{ entrant, place: index + 1, share }] : [])),
  );
}

/** "2–4"; one figure where both ends are the same. */
export function formatInterval(interval: readonly number[] | null): string {
  const [low, high] = interval ?? [];
  if (low === undefined || high === undefined) return '';
  const ends = [formatPlace(low), formatPlace(high)];
  return ends[0] === ends[1] ? (ends[0] ?? '') : ends.join('–');
}

/** A place to one decimal, whole ones without. */
export function formatPlace(place: number): string {
  return String(Number(place.toFixed(1)));
}

export function formatP(p: number): string {
  return p < 0.001 ? '<0.001' : p.toFixed(3);
}

/** "1. Net A": unambiguous where two methods have one name. */
export function entrantLabel({ rank, method_name }: Pick<RankedEntrant, 'rank' | 'method_name'>, longest = Infinity): string {
  const name = method_name.length > longest ? `${method_name.slice(0, longest - 1).trimEnd()}…` : method_name;
  return `${formatPlace(rank)}. ${name}`;
}

export interface LetterGroup {
  readonly letter: string;
  readonly names: readonly string[];
}

/** Who has each letter, letters in their order. */
export function letterGroups(entrants: readonly RankedEntrant[]): LetterGroup[] {
  const groups = new Map<string, string[]>();
  for (const { letters, method_name } of entrants) {
    for (const letter of letters) groups.set(letter, [...(groups.get(letter) ?? []), method_name]);
  }
  return [...groups]
    .map(([letter, names]) => ({ letter, names }))
    .sort((a, b) => a.letter.length - b.letter.length || a.letter.localeCompare(b.letter));
}

/** What the letters come to, a sentence each: who cannot be told apart, who stands alone. */
export function groupsInWords(entrants: readonly RankedEntrant[]): string[] {
  const groups = letterGroups(entrants);
  if (groups.length === 1) return [words.allAlike(entrants.length)];
  const alone = groups.filter(({ names }) => names.length === 1).flatMap(({ names }) => names);
  if (alone.length === entrants.length) return [words.allApart];
  const alike = groups.filter(({ names }) => names.length > 1).map(({ names }) => words.alike(formatList(names)));
  return alone.length > 0 ? [...alike, words.alone(formatList(alone), alone.length)] : alike;
}

/** Kendall's tau in words: how much of the order stays when other cases are drawn. */
export function tauInWords(tau: number): string {
  if (tau >= 0.95) return words.tau.same;
  if (tau >= 0.8) return words.tau.much;
  if (tau >= 0.5) return words.tau.partly;
  return words.tau.hardly;
}

/** Share of pairs that differ significantly. */
export function pairsApart({ significant }: Pick<RankingAnalysis, 'significant'>): { apart: number; pairs: number } {
  const entrants = significant.length;
  const apart = significant.flatMap((row, i) => row.slice(i + 1)).filter(Boolean).length;
  return { apart, pairs: (entrants * Math.max(0, entrants - 1)) / 2 };
}
