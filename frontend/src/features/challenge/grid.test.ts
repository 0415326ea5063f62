import { expect, test } from 'vitest';

import { spacing_mm } from './grid';

test('spacing is read from a turned, flipped grid, without its translation', () => {
  const affine = [
    [0, -2, 0, 100],
    [1, 0, 0, -50],
    [0, 0, -3, 7],
    [0, 0, 0, 1],
  ];
  expect(spacing_mm(affine)).toEqual([1, 2, 3]);
});
