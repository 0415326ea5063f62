import { formatCount } from '~/format';

export const text = {
  title: 'Challenges',
  lead: 'Brain MR segmentation, labelled by many raters, scored against their consensus, with the raters on the board.',
  synthetic: 'Synthetic data',
  syntheticHint: 'Its images are phantoms, computed, not of patients.',
  draft: 'Draft',
  draftHint: 'Only members see it.',
  counts: (cases: number, participants: number) =>
    `${formatCount(cases, 'case')} · ${formatCount(participants, 'participant')}`,
  roles: { organizer: 'You organize', rater: 'You rate', participant: 'You participate' },
  noPhases: 'No phase yet',
  leaders: {
    title: (phase: string, metric: string) => `Leading in ${phase} · ${metric}`,
    humans: (raters: number, low: string, high: string) =>
      raters === 1 ? `The human rater: ${high}` : `${raters} human raters: ${low} to ${high}`,
  },
  how: {
    title: 'How it works',
    steps: [
      {
        title: 'Raters label',
        sentence: 'Several people outline every case, each for themselves, none seeing the others’ work.',
      },
      {
        title: 'Their labels are fused',
        sentence: 'A stated rule makes one consensus of them, with its version and how far the raters agree.',
      },
      {
        title: 'Methods and raters are ranked',
        sentence: 'Predictions are scored against it; each rater, against the consensus of the others, is on the same board.',
      },
    ],
  },
  empty: {
    title: 'No challenge yet',
    sentence: 'When an organizer publishes one, it appears here.',
    organize: 'Organize one',
  },
};
