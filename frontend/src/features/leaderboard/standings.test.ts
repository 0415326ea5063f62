import { expect, test } from 'vitest';

import type { HumanRow, Leaderboard, LeaderboardRow } from '~/api/types';

import { boardEntries, myStanding, rankChanges } from './standings';

function method(id: number, rank: number, overall: number | null, is_mine = false): LeaderboardRow {
  return {
    rank,
    submission_id: `s${id}`,
    participant: { id, username: `p${id}`, name: `P ${id}` },
    method_name: `method ${id}`,
    submitted_at: '2026-01-01T00:00:00Z',
    means: {},
    overall,
    cases: 2,
    is_mine,
    not_defined: {},
    outdated: false,
  };
}

function human(alias: string, overall: number | null): HumanRow {
  return { rater: { alias }, means: {}, overall, cases: 2, would_rank: 1 };
}

function board(rows: LeaderboardRow[], human_rows: HumanRow[] = []): Leaderboard {
  return { rows, human_rows } as unknown as Leaderboard;
}

test('raters stand among the methods by their score, after a method of the same score', () => {
  const entries = boardEntries(
    board([method(1, 1, 0.9), method(2, 2, 0.8)], [human('Rater 1', 0.8), human('Rater 2', 0.95)]),
  );
  expect(entries.map((entry) => entry.key)).toEqual([
    'human:Rater 2',
    'participant:1',
    'participant:2',
    'human:Rater 1',
  ]);
});

test('without a score one comes last', () => {
  const entries = boardEntries(board([method(1, 1, null)], [human('Rater 1', 0.1)]));
  expect(entries.map((entry) => entry.kind)).toEqual(['human', 'method']);
});

test('a new best submission of the same participant is a rise, not a new entrant', () => {
  const before = [method(1, 1, 0.9), method(2, 2, 0.8), method(3, 3, 0.7)];
  const after = [{ ...method(3, 1, 0.95), submission_id: 'another' }, method(1, 2, 0.9), method(2, 3, 0.8)];
  expect(Object.fromEntries(rankChanges(before, after))).toEqual({
    'participant:3': { kind: 'moved', places: 2 },
    'participant:1': { kind: 'moved', places: -1 },
    'participant:2': { kind: 'moved', places: -1 },
  });
});

test('a board seen for the first time has no changes; one that was empty has entrants', () => {
  expect(rankChanges(null, [method(1, 1, 0.9)]).size).toBe(0);
  expect(rankChanges([], [method(1, 1, 0.9)]).get('participant:1')).toEqual({ kind: 'entered' });
});

test('my standing counts the raters strictly below me', () => {
  const raters = [human('Rater 1', 0.7), human('Rater 2', 0.8), human('Rater 3', null)];
  expect(myStanding(board([method(1, 1, 0.9), method(2, 2, 0.8, true)], raters))).toEqual({
    rank: 2,
    entrants: 2,
    ratersBelow: 1,
    raters: 3,
  });
  expect(myStanding(board([method(1, 1, 0.9)], raters))).toBeNull();
});
