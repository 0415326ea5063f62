import { expect, test } from 'vitest';

import { matchFiles } from './caseMatching';

test('a file belongs to the case whose name it begins with', () => {
  const cases = ['Case-1', 'Case-10', 'Case-1_b'].map((name) => ({ id: name, name }));
  const names = ['Case-1.nii.gz', 'Case-10_seg.nii.gz', 'Case-1_b.nii.gz', 'Case-100.nii.gz', 'other.nii.gz'];
  const matched = matchFiles(names.map((name) => new File([], name)), cases);
  expect(matched.map((one) => one.of?.name ?? null)).toEqual(['Case-1', 'Case-10', 'Case-1_b', null, null]);
});
