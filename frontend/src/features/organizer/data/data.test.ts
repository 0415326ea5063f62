import { expect, test } from 'vitest';

import { guessRaters, isMatchedTwice } from './raterMatching';
import { sequencesFrom } from './sequences';

const ada = { user: { id: 1, username: 'ada', name: 'Ada L.' }, alias: 'Rater A' };
const bob = { user: { id: 2, username: 'bob', name: 'Bob' }, alias: '' };

test('raters are recognised by alias, user name or name', () => {
  expect(guessRaters(['rater a', 'BOB', 'eve'], [ada, bob])).toEqual({ 'rater a': 1, BOB: 2, eve: null });
});

test('a rater without alias is not matched with an empty name', () => {
  expect(guessRaters(['x'], [bob])).toEqual({ x: null });
});

test('one person for two names is noticed; two names for nobody are fine', () => {
  expect(isMatchedTwice({ a: 1, b: 1 })).toBe(true);
  expect(isMatchedTwice({ a: 1, b: 2, c: null, d: null })).toBe(false);
});

test('sequences are keys in the order that was written', () => {
  expect(sequencesFrom('FLAIR, dwi;t1c')).toEqual([
    { key: 'flair', name: 'FLAIR' },
    { key: 'dwi', name: 'dwi' },
    { key: 't1c', name: 'T1c' },
  ]);
  expect(sequencesFrom('  ')).toBeNull();
});
