import { formatCount, formatMinute, formatRelative } from '~/format';

import type { Barrier, PhaseState } from './state';

const BARRIERS: Readonly<Record<Barrier, string>> = {
  login: 'Log in to submit.',
  join: 'Join the challenge to submit.',
  role: 'Only participants submit: whoever organizes or annotates cannot compete.',
  upcoming: 'The phase has not opened yet.',
  closed: 'The phase is closed.',
  today: 'No attempt is left for today; the next day begins at 00:00 UTC.',
  total: 'All attempts of this phase are used.',
};

const STATES: Readonly<Record<PhaseState, string>> = { upcoming: 'Upcoming', open: 'Open', closed: 'Closed' };

export const text = {
  select: 'Phase',
  states: STATES,
  barriers: BARRIERS,
  when: {
    opens: (iso: string) => `Opens ${formatRelative(iso)}, on ${formatMinute(iso)}`,
    closes: (iso: string) => `Closes ${formatRelative(iso)}, on ${formatMinute(iso)}`,
    closed: (iso: string) => `Closed on ${formatMinute(iso)}`,
    noEnd: 'No closing date',
    closedAlready: 'Closed',
  },
  attempts: {
    limits: (day: number, total: number) => `${formatCount(day, 'attempt')} a day, ${total.toLocaleString('en')} in total`,
    left: (today: number, total: number) => `${today} left today, ${total} in total`,
    inCheck: (count: number) => `${formatCount(count, 'submission')} being checked`,
  },
  scores: {
    public: 'Scores are public',
    own: 'You see your own scores only',
    hidden: 'Scores are hidden until the organizers show them',
  },
  reference: {
    ready: (cases: number) => `${formatCount(cases, 'case')}, all with a reference`,
    partly: (ready: number, cases: number) =>
      `${ready} of ${formatCount(cases, 'case')} have a reference; scoring begins when all have`,
    none: 'No cases yet',
  },
  submit: 'Submit predictions',
  board: 'Leaderboard',
};
