import { expect, test } from 'vitest';

import { subsetKey, subsetName, subsetsOf } from './subsets';

test('four sequences have 15 sets, all of them first, each once', () => {
  const sets = subsetsOf(['t1', 't1c', 't2', 'flair']);
  expect(sets).toHaveLength(15);
  expect(sets[0]).toEqual(['t1', 't1c', 't2', 'flair']);
  expect(sets.map(({ length }) => length)).toEqual([4, 3, 3, 3, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1]);
  expect(new Set(sets.map(subsetKey)).size).toBe(15);
});

test('sets of one size keep the order of the sequences', () => {
  expect(subsetsOf(['a', 'b', 'c']).map((set) => set.join(''))).toEqual(['abc', 'ab', 'ac', 'bc', 'a', 'b', 'c']);
  expect(subsetsOf([])).toEqual([]);
});

test('a set is the same in any order, and is called by the names of its sequences', () => {
  expect(subsetKey(['flair', 't1'])).toBe(subsetKey(['t1', 'flair']));
  expect(subsetName(['t1', 'swi'], new Map([['t1', 'T1']]))).toBe('T1 + SWI');
});
