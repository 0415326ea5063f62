import { describe, expect, it } from 'vitest';

import { type CaseContent, EMPTY_HISTORY, type LabelScheme, viewerKeys } from '~/viewer';

import type { Studio } from '../studio/studio';
import { workflowKeys } from '../studio/workflowKeys';
import { drawingKeys } from './keys';
import { LabelEditor } from './labelEditor';
import { TOOL_KEYS } from './toolset';

const label = (value: number) => ({ value, name: `Label ${value}`, color: '#000000' });
const SCHEME: LabelScheme = {
  labels: [label(1), label(2), label(3)],
  regions: [{ key: 'complete', name: 'Complete', labels: [1, 2, 3] }],
};
const image = (sequence: string) => ({ sequence, name: sequence, url: `/${sequence}` });
const CONTENT: CaseContent = {
  images: [image('flair'), image('t1'), image('t1c'), image('t2')],
  missing: [],
  overlays: [{ key: 'drawing', name: 'Labels', url: 'drawing:', scheme: SCHEME }],
  error_pairs: [],
};

// Nothing is pressed here.
const NO_STUDIO = {} as Studio;

function editor(): LabelEditor {
  const labelmap = {
    voxels: new Uint8Array(1),
    shape: [1, 1, 1],
    affine: [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]],
    spacing_mm: [1, 1, 1],
    orientation: 'RAS',
  } as const;
  return new LabelEditor({ labelmap, scheme: SCHEME, history: EMPTY_HISTORY, marksUnsure: true, onEdit: () => undefined });
}

describe.each([
  ['the viewer', () => viewerKeys(CONTENT)],
  ['drawing', () => drawingKeys(editor(), CONTENT)],
  ['drawing with the keys of the studio', () => [...workflowKeys(NO_STUDIO, { goOn: null, paints: true }), ...drawingKeys(editor(), CONTENT)]],
  ['looking back in the studio', () => [...workflowKeys(NO_STUDIO, { goOn: null, paints: false }), ...viewerKeys(CONTENT)]],
])('the default keys of %s', (_, bindingsOf) => {
  const bindings = bindingsOf();

  it('are one action each', () => {
    const keys = bindings.flatMap((binding) => binding.keys);
    expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
  });

  it('leave no action without a key, nor two under one name', () => {
    expect(bindings.filter(({ keys }) => keys.length === 0).map(({ id }) => id)).toEqual([]);
    expect(new Set(bindings.map(({ id }) => id)).size).toBe(bindings.length);
  });
});

it('gives every tool a key', () => {
  const ids = drawingKeys(editor(), CONTENT).map(({ id }) => id);
  expect(ids).toEqual(expect.arrayContaining(TOOL_KEYS.map((tool) => `tool.${tool}`)));
});
