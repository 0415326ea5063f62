import { formatCount, formatOrdinal } from '~/format';

export const text = {
  title: 'Leaderboard',
  caption: (phase: string, metric: string) => `Leaderboard of ${phase}: submissions and human raters, with mean ${metric}`,
  show: 'Metric shown',
  columns: {
    rank: 'Rank',
    rankInterval: (percent: number) => `${percent} % of rank`,
    rankIntervalHint: 'Where the rank lies when the cases are drawn anew.',
    group: 'Group',
    groupHint: 'Methods with a letter in common cannot be told apart.',
    value: { score: 'Score', mean_rank: 'Mean rank', share_beaten: 'Beaten' },
    valueHint: 'The rank follows this figure.',
    entrant: 'Method',
    overall: 'Overall',
    cases: 'Cases',
  },
  on: (day: string) => ` · ${day}`,
  baseline: { word: 'Baseline', sentence: 'A model that the organizers ran, for comparison.' },
  trainedOn: {
    word: 'trained on cases of this phase',
    sentence: (cases: number) => `It learned from ${formatCount(cases, 'case')} of this very phase: on cases it has not seen it will do worse.`,
  },
  mine: 'yours',
  outdated: { word: 'rescoring', sentence: 'Being scored against the new reference; these are its earlier scores.' },
  older: {
    word: 'older metrics',
    ranked: (set: string) => `Scored under an older metric set (${set}) until the organizers have it scored again.`,
    unranked: (set: string) =>
      `Scored under an older metric set (${set}), which lacks a metric of the ranking: no rank until the organizers have it scored again.`,
  },
  notDefined: (cases: number) => `${cases} n/a`,
  human: 'Human rater',
  humanStands: (rank: number, among: number) => `would rank ${formatOrdinal(rank)} of ${among}`,
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
    score: (metric: string) => `Shown is the mean ${metric} per region over all cases that define it; overall is the mean over the regions.`,
    best: 'The best submission of each participant counts.',
    human:
      'Each human rater is scored against the consensus of the other raters; the rank is the one among methods that face the same judge over the same cases.',
    reference: (number: number) => `Scored against reference ${number}.`,
    snapshot: (number: number) => `Board ${number}`,
  },
  standing: {
    line: (rank: number, entrants: number) => `Your best method is ${formatOrdinal(rank)} of ${entrants}`,
    /** Of places only: whether such a difference is more than chance is tested on the submission's page. */
    humans: (behind: number, raters: number) => {
      if (raters === 1) return `the human rater would ${behind === 1 ? '' : 'not '}stand behind it; its page tests the difference`;
      const who = behind === 0 ? 'none' : behind === raters ? 'all' : `${behind}`;
      return `${who} of the ${raters} human raters would stand behind it; its page tests the difference`;
    },
  },
  plot: {
    title: 'Methods and raters, region by region',
    axis: (metric: string, direction: boolean | null) => {
      const better = { true: ', higher is better', false: ', lower is better', null: '' } as const;
      return `Mean ${metric}${better[`${direction}`]}`;
    },
    overall: 'Overall',
    human: 'human raters',
    legend: { method: 'a method', mine: 'yours', baseline: 'a baseline', rater: 'a rater', band: 'range of the raters' },
    label: (metric: string, lanes: string) =>
      `Mean ${metric} of every method as a dot, and the range of the human raters as a band, for ${lanes}. The table has the same values.`,
  },
  stability: {
    title: 'How stable is this ranking?',
    lead: 'Would other cases have given another order? Each question has its own answer: how far ranks move when the cases are drawn anew, and which methods differ by more than chance.',
    computing: 'How stable the new order is, is being computed; this page will show it.',
    computingOlder: (number: number) => `Being computed for the new order; what follows is of board ${number}.`,
    failed: 'How stable this order is could not be computed, by a fault of ours. The next change of the board tries again.',
    failedOlder: (number: number) => `It could not be computed for the newest order, by a fault of ours; what follows is of board ${number}.`,
    tooFew: 'There must be two ranked methods before one can be compared with another.',
    places: {
      title: 'Places when the cases are drawn anew',
      sentence: (resamples: number) =>
        `As many cases as there are were drawn with replacement, ${resamples.toLocaleString('en')} times, and ranked each time. The larger a disc, the more often the method took that place; the bar is the interval that holds 95 % of its ranks.`,
      axis: 'Place',
      label: (stable: string) => `For each method, how often it took each place when the cases were drawn anew. ${stable}`,
      tip: (name: string, place: number, percent: string) => `${name}\nplace ${place}: ${percent}`,
    },
    tau: {
      term: 'Kendall’s τ',
      same: 'the order is almost the same each time',
      much: 'much of the order stays',
      partly: 'the order stays in part',
      hardly: 'little of the order stays',
      scale: '1 would be the same order each time, 0 no relation to it.',
      unknown: 'All methods tie, so that there is no order to keep.',
    },
    tests: {
      title: 'Who differs by more than chance',
      sentence: (alpha: number, permutations: number, exact: boolean) =>
        `Two-sided paired permutation tests of the ranks case by case (${exact ? `all ${permutations.toLocaleString('en')}` : permutations.toLocaleString('en')} permutations), p adjusted for all pairs by Holm’s method; significant below ${alpha}.`,
      caption: 'Adjusted p of each pair of methods',
      better: 'row ranks before column, significantly',
      worse: 'row ranks behind column, significantly',
      alike: 'cannot be told apart',
      pairs: (apart: number, pairs: number) => `${apart} of ${formatCount(pairs, 'pair')} differ significantly.`,
      pair: (row: string, column: string, p: string, verdict: string) => `${row} and ${column}: p ${p}, ${verdict}`,
      differ: 'they differ',
    },
    alike: (names: string) => `${names} cannot be told apart.`,
    alone: (names: string, count: number) => `${names} ${count === 1 ? 'differs' : 'each differ'} from all others.`,
    allAlike: (count: number) => (count === 2 ? 'The two methods cannot be told apart.' : `No two of the ${count} methods can be told apart.`),
    allApart: 'Every method differs from every other.',
    proof: 'Not to be told apart is no proof of being equal: more cases might tell.',
    download: 'Download',
    pictures: { scores: 'Scores by case (SVG)', stability: 'Places (SVG)', significance: 'Tests (SVG)' },
  },
};
