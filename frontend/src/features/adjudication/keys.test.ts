/** Which keys take a region over. */
import { expect, test } from 'vitest';

import type { CaseContent, KeyBinding } from '~/viewer';

import { adjudicationKeys, takeKey } from './keys';
import type { AdjudicationRoom } from './room';

const CONTENT: CaseContent = { images: [], missing: [], overlays: [], error_pairs: [] };
const RATERS = [...'ABCDEFGHIJKL'];
/** Drawing asks the editor for its labels and tools only. */
const ROOM = { editor: { scheme: { labels: [], regions: [] }, toolKeys: [], ringRules: [] } } as unknown as AdjudicationRoom;

function bindings(raters: readonly string[]): KeyBinding[] {
  return adjudicationKeys({ room: ROOM, content: CONTENT, raters, onProvenance: () => undefined });
}

test('raters are taken by Shift and their letter, the fusion by F', () => {
  expect(RATERS.filter((rater) => takeKey(rater) !== null).join('')).toBe('ABCDEGHIJK');
  expect([takeKey('A'), takeKey('fused'), takeKey('F'), takeKey('AA')]).toEqual(['Shift+a', 'Shift+f', null, null]);
});

test('who has no letter of their own stands in the sheet all the same, with what to do instead', () => {
  const taking = bindings(RATERS).filter(({ id }) => id.startsWith('adjudication.take.'));
  const without = taking.filter(({ keys }) => keys.length === 0);
  expect(taking).toHaveLength(13);
  expect(without.map(({ id }) => id)).toEqual(['adjudication.take.F', 'adjudication.take.L']);
  for (const { does } of without) expect(does).toMatch(/choose a key, or press the rater’s row/);
});

test.each([2, 5, 12])('no key does two things (%i raters)', (count) => {
  const keys = bindings(RATERS.slice(0, count)).flatMap((binding) => binding.keys);
  expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
});
