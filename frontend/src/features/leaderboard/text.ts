import { formatCount, formatOrdinal } from '~/format';

export const text = {
  title: 'Leaderboard',
  caption: (phase: string) => `Leaderboard of ${phase}: submissions and human raters by mean Dice`,
  columns: {
    rank: 'Rank',
    entrant: 'Method',
    overall: 'Overall',
    cases: 'Cases',
  },
  on: (day: string) => ` · ${day}`,
  mine: 'yours',
  outdated: { word: 'rescoring', sentence: 'Being scored against the new reference; these are its earlier scores.' },
  notDefined: (cases: number) => `${cases} n/a`,
  human: 'Human rater',
  humanStands: (rank: number, entrants: number) => `would rank ${formatOrdinal(rank)} of ${entrants + 1}`,
  rose: (places: number) => `up ${formatCount(places, 'place')}`,
  fell: (places: number) => `down ${formatCount(places, 'place')}`,
  entered: 'new on the board',
  announce: (method: string, rank: number) => `${method} is now ${formatOrdinal(rank)}.`,
  empty: {
    title: 'No scored submission yet',
    withHumans: 'The human raters are already here, each against the consensus of the others.',
    withoutHumans: 'The first method to be scored opens the board.',
  },
  hidden: {
    title: 'The scores of this phase are hidden',
    sentence: 'Only its organizers see them. Your submissions are scored all the same.',
  },
  own: {
    note: 'Only you and the organizers see your scores in this phase, so there are no ranks.',
    title: 'No public leaderboard',
    sentence: 'In this phase each participant sees their own scores only.',
  },
  method: {
    title: 'How to read this',
    score: (metric: string) =>
      `Mean ${metric} per region over all cases; the overall score is the mean over the regions, and decides the order.`,
    best: 'The best submission of each participant counts.',
    ties: { min: 'Equal scores share the better rank.', average: 'Equal scores share the mean of their ranks.' },
    human: 'Human raters are scored against the consensus of the other raters (leave-one-out).',
    reference: (number: number) => `Scored against reference ${number}.`,
    snapshot: (number: number) => `Board ${number}`,
  },
  standing: {
    line: (rank: number, entrants: number) => `Your best method is ${formatOrdinal(rank)} of ${entrants}`,
    /** Of means only: whether such a difference is more than chance is tested on the submission's page. */
    above: (below: number, raters: number) => {
      const who = below === 0 || below === raters ? `all ${formatCount(raters, 'human rater')}` : `${below} of ${formatCount(raters, 'human rater')}`;
      return `its mean ${below === 0 ? 'below' : 'above'} that of ${who}; its page tests the difference`;
    },
  },
  plot: {
    title: 'Methods and raters, region by region',
    axis: 'Mean Dice',
    overall: 'Overall',
    human: 'human raters',
    legend: { method: 'a method', mine: 'yours', rater: 'a rater', band: 'range of the raters' },
    label: (regions: string) =>
      `Mean Dice of every method as a dot, and the range of the human raters as a band, for ${regions}. The table has the same values.`,
  },
};
