/** A training's curve as two drawings: loss by step, and Dice on the held-out cases by step. Pure. */
import type { CurvePoint } from './queries';

export interface LossPoint {
  readonly step: number;
  readonly loss: number;
}

export interface DicePoint {
  readonly step: number;
  readonly region: string;
  readonly dice: number;
}

export interface BestPoint {
  readonly step: number;
  /** Over the regions that have one. */
  readonly mean: number;
}

export interface Curve {
  readonly losses: readonly LossPoint[];
  readonly dice: readonly DicePoint[];
  /** Keys, in their alphabetical order: that of the points may change. */
  readonly regions: readonly string[];
  /** The earliest of the best; null where nothing was validated. */
  readonly best: BestPoint | null;
  /** The last step, 0 before the first. */
  readonly last: number;
}

export function curveOf(points: readonly CurvePoint[]): Curve {
  const losses = points.flatMap(({ step, loss }) => (loss === null ? [] : [{ step, loss }]));
  const dice = points.flatMap(({ step, validation_dice }) =>
    Object.entries(validation_dice ?? {}).flatMap(([region, value]) =>
      value === null ? [] : [{ step, region, dice: value }],
    ),
  );
  const regions = [...new Set(dice.map(({ region }) => region))].sort();
  const last = Math.max(0, ...points.map(({ step }) => step));
  return { losses, dice, regions, best: bestOf(dice), last };
}

function bestOf(dice: readonly DicePoint[]): BestPoint | null {
  let best: BestPoint | null = null;
  for (const step of new Set(dice.map((point) => point.step))) {
    const found = dice.filter((point) => point.step === step);
    const mean = found.reduce((sum, point) => sum + point.dice, 0) / found.length;
    if (best === null || mean > best.mean) best = { step, mean };
  }
  return best;
}
