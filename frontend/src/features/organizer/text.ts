export const text = {
  eyebrow: 'Organize',
  back: 'My challenges',
  publicPage: 'Public page',
  tabsLabel: 'Parts of the console',
  tabs: {
    data: 'Data',
    raters: 'Raters',
    consensus: 'Consensus',
    phases: 'Phases',
    members: 'Members',
    settings: 'Settings',
  },
  refused: {
    title: 'You do not organize this challenge',
    sentence: 'Ask one of its organizers to add you under Members.',
  },
  dataset: 'Dataset',
  noDataset: {
    title: 'No dataset yet',
    sentence: 'Create one under Data: it holds the cases, their labels and who annotates them.',
    action: 'Go to Data',
  },
  cancel: 'Cancel',
};
