import { expect, test } from 'vitest';

import { metricSetChange, metricSetInWords } from './metricSet';

const RULES = [{ key: 'brats2023', name: 'BraTS 2023, glioma', description: '' }];

test.each([
  ['2 brats2023 nsd 1', 'version 2; lesions as in BraTS 2023, glioma; surface Dice at 1 mm'],
  ['2 other nsd 0.5 2', 'version 2; lesions as in other; surface Dice at 0.5 and 2 mm'],
  ['1', 'version 1'],
  ['something else entirely', 'something else entirely'],
])('%s', (name, words) => expect(metricSetInWords(name, RULES)).toBe(words));

test('of a change only what differs is said', () => {
  expect(metricSetChange('2 brats2023 nsd 1', '2 brats2023 nsd 1 2.5', RULES)).toEqual({
    then: 'surface Dice at 1 mm',
    now: 'surface Dice at 1 and 2.5 mm',
  });
  expect(metricSetChange('1', '2 brats2023 nsd 1', RULES)).toEqual({
    then: 'version 1',
    now: 'version 2; lesions as in BraTS 2023, glioma; surface Dice at 1 mm',
  });
});
