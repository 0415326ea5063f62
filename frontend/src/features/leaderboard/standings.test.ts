import { expect, test } from 'vitest';

import type { HumanRow, Leaderboard, LeaderboardRow } from '~/api/types';

import { boardEntries, myStanding, rankChanges } from './standings';

function method(id: number, rank: number | null, is_mine = false): LeaderboardRow {
  return {
    rank,
    value: 0.5,
    kind: 'submission',
    submission_id: `s${id}`,
    participant: { id, username: `p${id}`, name: `P ${id}` },
    method_name: `method ${id}`,
    submitted_at: '2026-01-01T00:00:00Z',
    means: {},
    overall: {},
    cases: 2,
    metric_set: '2 brats2023 nsd 1',
    is_mine,
    not_defined: {},
    outdated: false,
    older_metric_set: false,
    trained_on_cases: 0,
  };
}

function human(alias: string, would_rank: number): HumanRow {
  return { rater: { alias }, means: {}, overall: {}, cases: 2, would_rank, among: 3 };
}

function board(rows: LeaderboardRow[], human_rows: HumanRow[] = []): Leaderboard {
  return { rows, human_rows } as unknown as Leaderboard;
}

test('raters stand before whom they would outrank, and push down nobody', () => {
  const entries = boardEntries(
    board([method(1, 1), method(2, 2), method(3, 3)], [human('Rater 2', 1), human('Rater 1', 3), human('Rater 3', 4)]),
  );
  expect(entries.map((entry) => entry.key)).toEqual([
    'human:Rater 2',
    'participant:1',
    'participant:2',
    'human:Rater 1',
    'participant:3',
    'human:Rater 3',
  ]);
});

test('of tied methods none is torn from the other', () => {
  const entries = boardEntries(board([method(1, 1.5), method(2, 1.5)], [human('Rater 1', 3)]));
  expect(entries.map(({ kind }) => kind)).toEqual(['method', 'method', 'human']);
});

test('without a rank one comes last', () => {
  const entries = boardEntries(board([method(1, 1), method(2, null)], [human('Rater 1', 2)]));
  expect(entries.map((entry) => entry.key)).toEqual(['participant:1', 'human:Rater 1', 'participant:2']);
});

test('a new best submission of the same participant is a rise, not a new entrant', () => {
  const before = [method(1, 1), method(2, 2), method(3, 3)];
  const after = [{ ...method(3, 1), submission_id: 'another' }, method(1, 2), method(2, 3)];
  expect(Object.fromEntries(rankChanges(before, after))).toEqual({
    'participant:3': { kind: 'moved', places: 2 },
    'participant:1': { kind: 'moved', places: -1 },
    'participant:2': { kind: 'moved', places: -1 },
  });
});

test('a board seen for the first time has no changes; one that was empty has entrants', () => {
  expect(rankChanges(null, [method(1, 1)]).size).toBe(0);
  expect(rankChanges([], [method(1, 1)]).get('participant:1')).toEqual({ kind: 'entered' });
});

test('my standing counts the raters who would stand behind me, and entrants with a rank', () => {
  const raters = [human('Rater 1', 1), human('Rater 2', 2), human('Rater 3', 3)];
  expect(myStanding(board([method(1, 1), method(2, 2, true), method(3, null)], raters))).toEqual({
    rank: 2,
    entrants: 2,
    ratersBehind: 1,
    raters: 3,
  });
  expect(myStanding(board([method(1, 1)], raters))).toBeNull();
  expect(myStanding(board([method(1, null, true)], raters))).toBeNull();
});

test('baselines stand in rows of their own, whoever ran them, and are nobody’s own standing', () => {
  const baselines = [1, 2].map((rank) => ({ ...method(7, rank, true), kind: 'baseline' as const, submission_id: `b${rank}` }));
  const board = { rows: [...baselines, method(7, 3, true)], human_rows: [] } as unknown as Leaderboard;
  expect(boardEntries(board).map(({ key }) => key)).toEqual(['baseline:b1', 'baseline:b2', 'participant:7']);
  expect(myStanding(board)?.rank).toBe(3);
});
