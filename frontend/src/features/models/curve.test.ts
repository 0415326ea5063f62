import { expect, test } from 'vitest';

import { curveOf } from './curve';

const POINTS = [
  { step: 10, seconds: 1, loss: 0.9, validation_dice: null },
  { step: 20, seconds: 2, loss: 0.5, validation_dice: { complete: 0.8, core: 0.4 } },
  { step: 30, seconds: 3, loss: null, validation_dice: { complete: 0.7, core: null } },
  { step: 40, seconds: 4, loss: 0.4, validation_dice: { complete: 0.75, core: 0.65 } },
];

test('what was not measured is not drawn', () => {
  const { losses, dice, regions } = curveOf(POINTS);
  expect(losses.map(({ step }) => step)).toEqual([10, 20, 40]);
  expect(dice.map(({ step, region }) => `${step} ${region}`)).toEqual(['20 complete', '20 core', '30 complete', '40 complete', '40 core']);
  expect(regions).toEqual(['complete', 'core']);
});

test('the best is the earliest of the highest means, over the regions that have one', () => {
  expect(curveOf(POINTS).best).toEqual({ step: 30, mean: 0.7 });
  expect(curveOf(POINTS.slice(0, 1)).best).toBeNull();
});
