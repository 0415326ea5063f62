/** The keys of adjudication, before those of drawing: these give way where both want one. */
import { type CaseContent, type KeyBinding, toggled, viewerKeys, type ViewerState } from '~/viewer';

import { drawingKeys } from '../drawing';
import { FUSED } from './addresses';
import { LAYER } from './layers';
import type { AdjudicationRoom } from './room';
import { text } from './text';

/** What drawing has on N, which here goes to the next region; on Y nothing is, for experts are not unsure. */
const MOVED: Readonly<Record<string, string>> = { n: 'y' };
const FUSED_LETTER = 'f';
/** Of raters whose letter with Shift takes from them; further ones are few, and their letters do other things. */
const LETTERS = 'abcdeghijk';

/** With Shift, the rater's own letter; null where it has none. */
export function takeKey(source: string): string | null {
  if (source === FUSED) return `Shift+${FUSED_LETTER}`;
  const letter = source.toLowerCase();
  return LETTERS.includes(letter) ? `Shift+${letter}` : null;
}

export function outlineKey(place: number): string | null {
  return place < 9 ? `Shift+${place + 1}` : null;
}

interface KeyedPage {
  readonly room: AdjudicationRoom;
  readonly content: CaseContent;
  /** Keys of the raters. */
  readonly raters: readonly string[];
  readonly onProvenance: () => void;
}

/** For a page on which nothing can be changed any more. */
export function readingKeys(page: KeyedPage): KeyBinding[] {
  const own = lookingKeys(page);
  return [...own, ...besideThem(own, viewerKeys(page.content))];
}

export function adjudicationKeys(page: KeyedPage): KeyBinding[] {
  const { room, raters, content } = page;
  const takes = [...raters, FUSED].map((source): KeyBinding => {
    const key = takeKey(source);
    return {
      id: `adjudication.take.${source}`,
      keys: key === null ? [] : [key],
      does: key === null ? text.keys.takeByRow(source) : text.keys.take(source),
      group: text.keys.group,
      press: beside(() => void room.take(source)),
    };
  });
  const own = [...takes, ...besideThem(takes, lookingKeys(page))];
  return [...own, ...besideThem(own, drawingKeys(room.editor, content))];
}

function lookingKeys({ room, raters, onProvenance }: KeyedPage): KeyBinding[] {
  const { group, outline, heat, region } = text.keys;
  const show = (id: string, keys: (string | null)[], does: string, key: string): KeyBinding => ({
    id: `adjudication.${id}`,
    keys: keys.filter((one) => one !== null),
    does,
    group,
    press: (state) => withToggled(state, key),
  });
  const act = (id: string, keys: string[], does: string, doIt: () => void): KeyBinding => ({
    id: `adjudication.${id}`,
    keys,
    does,
    group,
    press: beside(doIt),
  });
  return [
    act('next', ['n'], text.regions.next.replace(/ \(.*/, ''), () => room.step(1)),
    act('previous', ['p'], text.regions.previous.replace(/ \(.*/, ''), () => room.step(-1)),
    act('nextOpen', ['Shift+n'], text.regions.nextOpen.replace(/ \(.*/, ''), () => room.nextOpen()),
    ...raters.map((key, place) => show(`outline.${key}`, [outlineKey(place)], outline(key), key)),
    show('outline.fused', ['Shift+0'], outline(FUSED), FUSED),
    show('heat', ['Shift+h'], heat, LAYER.heat),
    show('region', ['Shift+r'], region, LAYER.region),
    act('provenance', ['Shift+p'], text.keys.provenance, onProvenance),
  ];
}

/** The others, with other keys where these have theirs. */
function besideThem(own: readonly KeyBinding[], others: readonly KeyBinding[]): KeyBinding[] {
  const used = new Set(own.flatMap(({ keys }) => keys));
  return others.map((binding) => ({
    ...binding,
    keys: binding.keys.map((key) => (used.has(key) ? MOVED[key] : key)).filter((key) => key !== undefined),
  }));
}

function withToggled(state: ViewerState, key: string): ViewerState {
  return { ...state, shownOverlays: toggled(state.shownOverlays, key) };
}

/** Beside the viewer's state, not within its change. */
function beside(act: () => void): KeyBinding['press'] {
  return (state) => {
    queueMicrotask(act);
    return state;
  };
}
