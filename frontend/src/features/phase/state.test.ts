import { expect, test } from 'vitest';

import type { Phase } from '~/api/types';

import { defaultPhase, phaseState, submissionBarrier } from './state';

const NOW = new Date('2026-05-01T12:00:00Z');
const open = { title: 'open', is_open: true, opens_at: '2026-04-01T00:00:00Z' };
const closed = { title: 'closed', is_open: false, opens_at: '2026-01-01T00:00:00Z' };
const endless = { title: 'closed before it ever opened', is_open: false, opens_at: null };
const upcoming = { title: 'upcoming', is_open: false, opens_at: '2026-06-01T00:00:00Z' };

test.each([
  [open, 'open'],
  [closed, 'closed'],
  [endless, 'closed'],
  [upcoming, 'upcoming'],
])('$title', (phase, state) => expect(phaseState(phase, NOW)).toBe(state));

test('the open phase is meant first, then the latest closed one', () => {
  expect(defaultPhase([closed, open, upcoming], NOW)).toBe(open);
  expect(defaultPhase([closed, endless, upcoming], NOW)).toBe(endless);
  expect(defaultPhase([upcoming], NOW)).toBe(upcoming);
  expect(defaultPhase([], NOW)).toBeNull();
});

const attempts = { used_today: 0, used_total: 0, in_check: 0, left_today: 3, left_total: 30 };
const phase = { ...open, attempts } as unknown as Phase;
const participant = { signedIn: true, role: 'participant' };

test.each([
  ['a guest logs in first', phase, { signedIn: false, role: null }, 'login'],
  ['one without a role joins first', phase, { signedIn: true, role: null }, 'join'],
  ['a rater cannot compete', phase, { signedIn: true, role: 'rater' }, 'role'],
  ['a participant may submit', phase, participant, null],
  ['not before it opens', { ...phase, ...upcoming }, participant, 'upcoming'],
  ['not after it closed', { ...phase, ...closed }, participant, 'closed'],
  ['not today any more', { ...phase, attempts: { ...attempts, left_today: 0 } }, participant, 'today'],
  ['never again', { ...phase, attempts: { ...attempts, left_today: 0, left_total: 0 } }, participant, 'total'],
])('%s', (_, at, reader, barrier) => expect(submissionBarrier(at, reader, NOW)).toBe(barrier));
