import { describe, expect, test } from 'vitest';

import type { Metric } from '~/api/types';

import {
  formatFigure,
  formatMetric,
  formatMetricDifference,
  groupOf,
  inGroups,
  keysMeasured,
  metricOf,
  metricsNamed,
  nameInSentence,
  nameWithUnit,
  sortValue,
  worstFirst,
} from './metrics';

function metric(key: string, more: Partial<Metric> = {}): Metric {
  return { key, name: key, unit: '', higher_is_better: true, worst: 0, description: '', ...more };
}

const DICE = metric('dice', { name: 'Dice' });
const HD95 = metric('hd95_pooled', { name: 'HD95, pooled', unit: 'mm', higher_is_better: false, worst: 374 });
const NSD = metric('nsd_1mm', { name: 'Surface Dice at 1 mm' });
const VOLUME = metric('volume_difference_ml', { unit: 'mL', higher_is_better: null, worst: null });
const MISSED = metric('lesion_fn', { unit: 'lesions', higher_is_better: null, worst: null });
const CATALOGUE = [DICE, HD95, NSD, VOLUME, MISSED];

test.each([
  ['dice', 'overlap'],
  ['hd95_surface_area', 'distance'],
  ['nsd_2.5mm', 'distance'],
  ['lesionwise_hd95', 'lesions'],
  ['lesion_fp', 'lesions'],
  ['volume_ml', 'volume'],
])('%s belongs to %s', (key, group) => expect(groupOf(key)).toBe(group));

test('groups come in their order, each with its metrics in the order given', () => {
  expect(inGroups([VOLUME, HD95, DICE, NSD]).map(({ group, metrics }) => [group, metrics.map(({ key }) => key)])).toEqual([
    ['overlap', ['dice']],
    ['distance', ['hd95_pooled', 'nsd_1mm']],
    ['volume', ['volume_difference_ml']],
  ]);
});

test('a surface Dice is known at any tolerance', () => {
  expect(metricOf(CATALOGUE, 'nsd_2.5mm')).toEqual({ ...NSD, key: 'nsd_2.5mm', name: 'Surface Dice at 2.5 mm' });
  expect(metricOf(CATALOGUE, 'hd95_pooled')).toBe(HD95);
  expect(metricOf([], 'dice').name).toBe('dice');
});

test('what is measured follows the tolerances, ascending and each once', () => {
  expect(keysMeasured(CATALOGUE, [2, 0.5, 2])).toEqual(['dice', 'hd95_pooled', 'nsd_0.5mm', 'nsd_2mm', 'volume_difference_ml', 'lesion_fn']);
  expect(keysMeasured(CATALOGUE, [])).not.toContain('nsd_1mm');
});

test('what an evaluation has comes in the order of the catalogue, whatever its own', () => {
  const keys = ['volume_difference_ml', 'nsd_2mm', 'dice', 'nsd_0.5mm', 'of_the_past'];
  expect(metricsNamed(CATALOGUE, keys).map(({ key }) => key)).toEqual(['dice', 'nsd_0.5mm', 'nsd_2mm', 'volume_difference_ml', 'of_the_past']);
});

describe('figures', () => {
  test.each([
    [0.9124, DICE, '0.912', '0.912'],
    [2.236, HD95, '2.24', '2.24 mm'],
    [374, HD95, '374.0', '374.0 mm'],
    [99.999, HD95, '100.0', '100.0 mm'],
    [-1.3, VOLUME, '−1.30', '−1.30 mL'],
    [3, MISSED, '3', '3 lesions'],
    [1.25, MISSED, '1.3', '1.3 lesions'],
    [null, HD95, 'n/a', 'n/a'],
    [undefined, DICE, 'n/a', 'n/a'],
  ])('%s of %o', (value, of, figure, withUnit) => {
    expect(formatFigure(value, of)).toBe(figure);
    expect(formatMetric(value, of)).toBe(withUnit);
  });

  test.each([
    [0.0123, DICE, '+0.012'],
    [-1.304, HD95, '−1.30'],
    [0.001, HD95, '0.00'],
    [null, HD95, 'n/a'],
  ])('a difference of %s', (value, of, written) => expect(formatMetricDifference(value, of)).toBe(written));

  test('a name in a sentence has no comma', () => {
    expect([HD95, DICE].map(nameInSentence)).toEqual(['HD95 (pooled)', 'Dice']);
  });

  test('a unit is named once, in the head', () => {
    expect(nameWithUnit(HD95)).toBe('HD95, pooled (mm)');
    expect(nameWithUnit(DICE)).toBe('Dice');
    expect(nameWithUnit({ name: 'Lesions missed', unit: 'lesions' })).toBe('Lesions missed');
  });
});

test.each([
  [DICE, [0.2, 0.9]],
  [HD95, [30, 2]],
  [VOLUME, [-5, 2]],
  [MISSED, [2, 1]],
  [metric('lesion_tp', { unit: 'lesions', higher_is_better: null }), [0, 3]],
])('the worst of %o comes first', (of, [worse, better]) => {
  const sign = worstFirst(of) === 'ascending' ? 1 : -1;
  expect(sign * ((sortValue(worse, of) ?? NaN) - (sortValue(better, of) ?? NaN))).toBeLessThan(0);
  expect(sortValue(null, of)).toBeNull();
});
