// @vitest-environment node
import { describe, expect, it } from 'vitest';

import type { Affine, Vec3 } from './core/affine';
import { FALSE_NEGATIVE, FALSE_POSITIVE, TRUE_POSITIVE } from './core/errors';
import { planeGeometry } from './core/planes';
import { makeVolume } from './core/volume';
import type { CaseContent } from './content';
import { errorLabelmap, frameOf, imageOrProblem, labelmapOrProblem, layersOf, panesOf } from './scene';
import { initialState, moveTo, slicePosition, stepSlices, toggled, type ViewerState } from './state';

const SHAPE: Vec3 = [2, 2, 3];
const LPS: Affine = [
  [-1, 0, 0, 0],
  [0, -1, 0, 0],
  [0, 0, 1, 0],
];
const scheme = {
  labels: [
    { value: 1, name: 'core', color: '#ff0000' },
    { value: 2, name: 'edema', color: '#00ff00' },
  ],
  regions: [{ key: 'complete', name: 'Complete', labels: [1, 2] }],
};
const content: CaseContent = {
  images: [
    { sequence: 'FLAIR', name: 'FLAIR', url: '/flair' },
    { sequence: 'T1', name: 'T1', url: '/t1' },
  ],
  missing: ['T2'],
  overlays: [
    { key: 'reference', name: 'Reference', url: '/reference', scheme, default_visible: true },
    { key: 'rater', name: 'Rater', url: '/rater', scheme },
  ],
  error_pairs: [{ key: 'rater', name: 'Rater', reference: 'reference', prediction: 'rater' }],
};

const image = makeVolume(Int16Array.from({ length: 12 }, (_, i) => i), SHAPE, LPS);
const labelmap = (...values: number[]) => makeVolume(Uint8Array.from({ length: 12 }, (_, i) => values[i] ?? 0), SHAPE, LPS);
const files: ViewerState['files'] = {
  '/flair': { status: 'image', volume: image },
  '/t1': { status: 'image', volume: makeVolume(new Int16Array(12), SHAPE, LPS) },
  '/reference': { status: 'labelmap', labelmap: labelmap(1, 2, 0, 0, 1) },
  '/rater': { status: 'labelmap', labelmap: labelmap(2, 0, 1) },
};
const state: ViewerState = { ...initialState(content), files, crosshair: [0, 0, 1] };

describe('panes', () => {
  it('gives every sequence a pane, the missing one too', () => {
    const panes = panesOf(content, 'sequences', 0, 'coronal');
    expect(panes.map(({ slot, plane }) => [slot.kind, slot.name, plane])).toEqual([
      ['image', 'FLAIR', 'coronal'],
      ['image', 'T1', 'coronal'],
      ['missing', 'T2', 'coronal'],
    ]);
  });

  it('shows the chosen sequence in three planes, or alone', () => {
    expect(panesOf(content, 'planes', 1, 'axial').map(({ id }) => id)).toEqual(['1-axial', '1-coronal', '1-sagittal']);
    expect(panesOf(content, 'single', 1, 'sagittal').map(({ id }) => id)).toEqual(['1-sagittal']);
  });

  it('draws nothing for a missing sequence', () => {
    const missing = panesOf(content, 'sequences', 0, 'axial')[2];
    expect(missing && frameOf(content, state, missing)).toBeNull();
  });
});

describe('overlays', () => {
  const keys = (of: ViewerState) => layersOf(content, of).map(({ key }) => key);

  it('shows those that ask for it at first', () => expect(keys(state)).toEqual(['reference']));
  it('hides all while blinking or switched off', () => {
    expect(keys({ ...state, blinking: true })).toEqual([]);
    expect(keys({ ...state, overlaysOn: false })).toEqual([]);
  });
  it('keeps the order of the case, not that of switching on', () => {
    expect(keys({ ...state, shownOverlays: new Set(['rater', 'reference']) })).toEqual(['reference', 'rater']);
  });
  it('keeps palettes for as long as the colours stay', () => {
    const [before, after] = [layersOf(content, state), layersOf(content, { ...state, crosshair: [1, 1, 1] })];
    expect(before[0]?.palette).toBe(after[0]?.palette);
  });
});

describe('errors', () => {
  const on: ViewerState = { ...state, errors: { pair: 'rater', region: 'complete' } };

  it('replace the overlays', () => {
    expect(layersOf(content, on).map(({ key }) => key)).toEqual(['errors']);
    expect(Array.from(errorLabelmap(content, on)?.voxels.subarray(0, 5) ?? [])).toEqual([
      TRUE_POSITIVE, FALSE_NEGATIVE, FALSE_POSITIVE, 0, FALSE_NEGATIVE,
    ]);
  });
  it('are computed once', () => expect(errorLabelmap(content, on)).toBe(errorLabelmap(content, { ...on })));
  it('wait for both label maps', () => {
    const loading = { status: 'loading', loaded_bytes: 0, total_bytes: null } as const;
    expect(layersOf(content, { ...on, files: { ...files, '/rater': loading } })).toEqual([]);
  });
});

describe('files that do not fit', () => {
  const wide = makeVolume(new Uint8Array(16), [2, 2, 4], LPS);

  it('says how an image differs from the first', () => {
    const odd: ViewerState = { ...state, files: { ...files, '/t1': { status: 'image', volume: wide } } };
    const t1 = content.images[1];
    expect(t1 && imageOrProblem(content, odd, t1)).toMatch(/T1: its grid 2×2×4 differs from the case's 2×2×3/);
  });
  it('says how a label map differs and does not show it', () => {
    const odd: ViewerState = { ...state, files: { ...files, '/reference': { status: 'labelmap', labelmap: wide } } };
    const reference = content.overlays[0];
    expect(reference && labelmapOrProblem(content, odd, reference)).toMatch(/Reference: its grid 2×2×4/);
    expect(layersOf(content, odd)).toEqual([]);
  });
});

describe('moving', () => {
  it('steps towards superior and stops at the last slice', () => {
    const geometry = planeGeometry(image, 'axial');
    const up = stepSlices(state, SHAPE, geometry, 1);
    expect(up.crosshair).toEqual([0, 0, 2]);
    expect(stepSlices(up, SHAPE, geometry, 5).crosshair).toEqual([0, 0, 2]);
  });
  it('steps towards anterior where the index grows towards posterior', () => {
    const geometry = planeGeometry(image, 'coronal');
    const start: ViewerState = { ...state, crosshair: [0, 1, 0] };
    expect(slicePosition([0, 1, 0], geometry)).toBe(0);
    expect(stepSlices(start, SHAPE, geometry, 1).crosshair).toEqual([0, 0, 0]);
  });
  it('keeps the crosshair on the grid', () => {
    expect(moveTo(state, SHAPE, [-3, 0.6, 9]).crosshair).toEqual([0, 1, 2]);
  });
  it('switches set members without changing the old set', () => {
    const before: ReadonlySet<string> = new Set(['a']);
    expect([...toggled(before, 'b'), ...toggled(before, 'a')]).toEqual(['a', 'b']);
    expect([...before]).toEqual(['a']);
  });
});
