import { describe, expect, test } from 'vitest';

import type { RankedEntrant } from '~/api/types';

import {
  entrantLabel,
  formatInterval,
  formatP,
  groupsInWords,
  letterGroups,
  pairsApart,
  placeShares,
  tauInWords,
} from './stability';

function entrant(method_name: string, letters: string[], frequencies: number[] = []): RankedEntrant {
  return { method_name, letters, frequencies, rank: 1 } as unknown as RankedEntrant;
}

test('a disc for each place that was taken', () => {
  expect(placeShares([entrant('A', [], [0.75, 0.25]), entrant('B', [], [0, 1])])).toEqual([
    { entrant: 0, place: 1, share: 0.75 },
    { entrant: 0, place: 2, share: 0.25 },
    { entrant: 1, place: 2, share: 1 },
  ]);
});

test.each([
  [[1, 3], '1–3'],
  [[2, 2], '2'],
  [[1.5, 3], '1.5–3'],
  [[1, 2.9749999], '1–3'],
  [[4.975, 5], '5'],
  [null, ''],
])('the interval %o is written %s', (interval, written) => expect(formatInterval(interval)).toBe(written));

test('p is never written as zero', () => {
  expect([formatP(0.00003), formatP(0.0421), formatP(1)]).toEqual(['<0.001', '0.042', '1.000']);
});

test('a label names the place, and cuts a long name', () => {
  expect(entrantLabel({ rank: 2, method_name: 'Net' })).toBe('2. Net');
  expect(entrantLabel({ rank: 1.5, method_name: 'A very long name' }, 8)).toBe('1.5. A very…');
});

describe('groups', () => {
  test('come by letter, and aa after z', () => {
    const found = letterGroups([entrant('A', ['z', 'aa']), entrant('B', ['z'])]);
    expect(found).toEqual([
      { letter: 'z', names: ['A', 'B'] },
      { letter: 'aa', names: ['A'] },
    ]);
  });

  test('who shares a letter cannot be told apart; who shares none differs from all', () => {
    expect(groupsInWords([entrant('A', ['a']), entrant('B', ['b']), entrant('C', ['b', 'c']), entrant('D', ['c'])])).toEqual([
      'B and C cannot be told apart.',
      'C and D cannot be told apart.',
      'A differs from all others.',
    ]);
  });

  test('all alike, all apart', () => {
    expect(groupsInWords([entrant('A', ['a']), entrant('B', ['a'])])).toEqual(['The two methods cannot be told apart.']);
    expect(groupsInWords([entrant('A', ['a']), entrant('B', ['a']), entrant('C', ['a'])])).toEqual([
      'No two of the 3 methods can be told apart.',
    ]);
    expect(groupsInWords([entrant('A', ['a']), entrant('B', ['b'])])).toEqual(['Every method differs from every other.']);
  });
});

test('tau has words, less sure the lower it is', () => {
  const said = [1, 0.9, 0.6, 0.1, -0.5].map(tauInWords);
  expect(new Set(said).size).toBe(4);
  expect(said[3]).toBe(said[4]);
});

test('each pair is counted once', () => {
  const T = true;
  const F = false;
  expect(pairsApart({ significant: [[F, T, F], [T, F, T], [F, T, F]] })).toEqual({ apart: 2, pairs: 3 });
  expect(pairsApart({ significant: [] })).toEqual({ apart: 0, pairs: 0 });
});
