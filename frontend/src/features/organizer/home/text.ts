import { formatCount } from '~/format';

export const text = {
  title: 'Organize',
  lead: 'Challenges that you run: their data, raters, consensus and phases.',
  signIn: 'Sign in to organize a challenge',
  create: 'New challenge',
  empty: {
    title: 'You organize no challenge yet',
    sentence: 'A challenge holds datasets, the raters who annotate them, and the phases in which others compete. It begins as a draft that only its members see.',
  },
  facts: { cases: 'Cases', phases: 'Phases', participants: 'Participants' },
  phases: (count: number) => formatCount(count, 'phase'),
  form: {
    title: 'Title',
    titleHint: 'As it stands on the list of challenges.',
    slug: 'Address',
    slugHint: (slug: string) => `The page will be /challenges/${slug || '…'}. It cannot be changed later.`,
    summary: 'Summary',
    summaryHint: 'One or two sentences.',
    create: 'Create challenge',
    needTitle: 'Give it a title.',
    badSlug: 'Use lower-case letters, digits and hyphens.',
  },
};
