import type { Finding } from '~/viewer';

export const text = {
  tools: 'Tools',
  actions: 'At once',
  labels: 'Labels',
  unit: 'mL',
  options: 'Tool',
  size: 'Size',
  depth: { flat: '2D', deep: '3D' },
  depthName: 'Slice or volume',
  over: 'Paint over',
  overErase: 'Erase',
  overAll: 'Everything',
  overBackground: 'Background only',
  overOnly: (name: string) => `Only ${name}`,
  range: 'Range',
  rangeWords: (low: number | null, high: number | null) =>
    low === null ? (high === null ? 'any' : `up to ${high}`) : high === null ? `from ${low}` : `${low} to ${high}`,
  tolerance: 'Tolerance',
  view: 'Display',
  style: { fill: 'Fill', outline: 'Outline' },
  styleName: 'Style of labels',
  opacity: 'Opacity',
  history: 'History',
  historyEmpty: 'Nothing painted yet',
  undo: (what: string | null, key: string) => (what ? `Undo ${what} (${key})` : 'Nothing to undo'),
  redo: (what: string | null, key: string) => (what ? `Redo ${what} (${key})` : 'Nothing to redo'),
  undoTo: (what: string) => `Undo everything after ${what}`,
  redoTo: (what: string) => `Redo up to ${what}`,
  show: (name: string) => `Show ${name}`,
  hide: (name: string) => `Hide ${name}`,
  regions: 'Keep regions consistent',
  regionsHint: 'What a region encloses is filled as the scheme’s regions nest: enclosed by core becomes core',
  marks: { unsure: 'Mark unsure', sure: 'Clear' },
  marksName: 'Confidence brush',
  unsure: 'Unsure',
  window: 'Window',
  windowOf: (name: string) => `Window of ${name}`,
  windowByHand: 'By hand',
  flip: 'Flip',
  flipWith: (key: string) => `Flip${key ? `, hold ${key}` : ''}`,
  flipFirst: 'First image of the pair',
  flipSecond: 'Second image of the pair',
  rulers: 'Rulers',
  ruler: (place: number) => `Ruler ${place}`,
  rulerHint: 'Drag in a pane to measure.',
  forgetRuler: 'Remove ruler',
  evidence: 'Evidence',
  evidenceUnit: '% of window',
  growing: 'Growing: you can paint on meanwhile.',
  growingFailed: (why: string) => `Grow-cut did not finish: ${why}`,
};

export const lintText = {
  title: 'Checks',
  looking: 'Looking…',
  nothing: 'Nothing painted',
  count: (count: number) => (count === 0 ? 'All good' : count === 1 ? '1 finding' : `${count} findings`),
  previous: 'Previous finding',
  next: 'Next finding',
  fix: 'Fix',
  erase: 'Erase it',
  become: (name: string) => `Make it ${name}`,
  finding: ({ kind, label, gain = 0 }: Finding, name: string): string => {
    switch (kind) {
      case 'outside':
        return `${name} outside the brain`;
      case 'no-gain':
        return `${name} without uptake (${gain} %)`;
      case 'hole':
        return label === 0 ? 'Gap in the tumour' : `Hole: ${name} enclosed`;
      case 'island':
        return `Island: ${name}`;
    }
  },
};
