import { expect, test } from 'vitest';

import { configFacts, figure, flatFigures } from './configFacts';
import type { ModelConfig } from './queries';

const DATA = {
  sequences: ['t1', 'flair'],
  sequenceNames: new Map([['t1', 'T1'], ['flair', 'FLAIR']]),
  labels: [0, 1, 2],
  labelNames: new Map([[1, 'Oedema'], [2, 'Core']]),
  scheme: 'glioma',
};
const CONFIG: ModelConfig = {
  architecture: 'unet3d',
  sequences: ['flair', 't1'],
  labels: [0, 1, 2],
  scheme: 'glioma',
  settings: { depth: 3 },
  normalisation: 'nyul',
  normalisation_settings: {},
  spacing_mm: [1, 1, 2],
  missing: 'refuse',
  flips: true,
  stages: [{ kind: 'crf' }, { kind: 'islands' }],
  format: 1,
};

function said(config: ModelConfig): Record<string, unknown> {
  return Object.fromEntries(configFacts(config, DATA).map(({ term, value }) => [term, value]));
}

test('a config is told in words', () => {
  expect(said(CONFIG)).toMatchObject({
    Network: '3-D U-Net',
    Inputs: 'FLAIR, T1',
    Labels: 'Oedema and Core (glioma)',
    Grid: 'resampled to 1 × 1 × 2 mm',
    Afterwards: 'a conditional random field, then small islands removed',
    'Built with': 'depth 3',
  });
});

test('labels of another scheme are numbers, and what is not known is told by its key', () => {
  const told = said({ ...CONFIG, scheme: 'wmh', architecture: '', normalisation: 'own', stages: [] });
  expect(told).toMatchObject({ Network: 'ONNX, run in isolation', Labels: '1 and 2 (wmh)', Intensities: 'own', Afterwards: 'nothing' });
});

test('nested figures go under dotted names; what is empty is left out', () => {
  expect(flatFigures({ steps: 120, dice: { complete: 0.912345, core: null }, recipe: {}, note: '' })).toEqual([
    { term: 'steps', value: '120' },
    { term: 'dice · complete', value: '0.9123' },
  ]);
  expect(figure([1, 2])).toBe('[1,2]');
});
