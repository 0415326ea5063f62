import { expect, test } from 'vitest';

import { errorPairs, shownAtFirst } from './errorPairs';

const consensus = { key: 'consensus', kind: 'consensus', name: 'Consensus 2' } as const;
const rater = { key: 'annotation:1', kind: 'annotation', name: 'Rater 1' } as const;
const prediction = { key: 'prediction:1', kind: 'prediction', name: 'nnU-Net' } as const;
const nameOf = (a: string, b: string) => `${a} against ${b}`;

test('predictions, then annotations, are compared with the reference', () => {
  expect(errorPairs([consensus, rater, prediction], nameOf)).toEqual([
    { key: 'consensus prediction:1', name: 'nnU-Net against Consensus 2', reference: 'consensus', prediction: 'prediction:1' },
    { key: 'consensus annotation:1', name: 'Rater 1 against Consensus 2', reference: 'consensus', prediction: 'annotation:1' },
  ]);
});

test('without a reference there is nothing to compare', () => {
  expect(errorPairs([rater, prediction], nameOf)).toEqual([]);
});

test('the prediction is shown first, else the reference, else none', () => {
  expect(shownAtFirst([consensus, rater, prediction])).toBe('prediction:1');
  expect(shownAtFirst([rater, consensus])).toBe('consensus');
  expect(shownAtFirst([rater])).toBeNull();
  expect(shownAtFirst([consensus, rater, prediction], 'annotation:1')).toBe('annotation:1');
  expect(shownAtFirst([consensus, rater], 'annotation:2')).toBe('consensus');
});
