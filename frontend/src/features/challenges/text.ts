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
  empty: {
    title: 'No challenge yet',
    sentence: 'When an organizer publishes one, it appears here.',
    organize: 'Organize one',
  },
};
