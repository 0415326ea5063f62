import { describe, expect, it } from 'vitest';

import { LabelChanges } from './core/changes';
import { makePalette } from './core/labels';
import { planeGeometry } from './core/planes';
import { UNSURE } from './core/unsure';
import { makeVolume } from './core/volume';
import { overlaySlice } from './overlaySlice';
import type { OverlayLayer, SliceFrame } from './renderer';

const labelmap = {
  ...makeVolume(new Uint8Array(4 * 3 * 2), [4, 3, 2], [
    [-1, 0, 0, 0],
    [0, -1, 0, 0],
    [0, 0, 1, 0],
  ]),
  marksUnsure: true,
};
const changes = new LabelChanges(labelmap.shape);
const layer: OverlayLayer = { key: 'drawing', labelmap, revision: 0, changes, palette: makePalette([], new Set(), undefined, true) };
const frame: SliceFrame = {
  volume: labelmap,
  geometry: planeGeometry(labelmap, 'axial'),
  slice: 1,
  window: { level: 1, width: 1 },
  view: { zoom: 1, pan_mm: [0, 0] },
  overlays: [layer],
  style: 'fill',
  opacity: 0.5,
  crosshair_mm: null,
};
const mark = (x: number, y: number, z: number) => {
  labelmap.voxels[x + 4 * (y + 3 * z)] = UNSURE | 1;
  changes.touch({ low: [x, y, z], high: [x, y, z] });
};

describe('a slice of labels that panes share', () => {
  it('is one for all panes of a plane, and follows what is painted', () => {
    mark(1, 0, 1);
    const first = overlaySlice(layer, frame);
    expect(first.unsure).toEqual([1, 2, 0]);
    mark(2, 2, 1);
    const again = overlaySlice(layer, frame);
    expect(again).toBe(first);
    expect(again.unsure).toEqual([1, 2, 0, 2, 3, 2]);
  });

  it('stays as it is where another slice is painted, and is read anew there', () => {
    const before = overlaySlice(layer, frame).unsure;
    mark(0, 1, 0);
    expect(overlaySlice(layer, frame).unsure).toBe(before);
    expect(overlaySlice(layer, { ...frame, slice: 0 }).unsure).toEqual([0, 1, 1]);
    expect(overlaySlice(layer, frame).unsure).toEqual(before);
  });

  it('takes other colours, and hides the marks of hidden labels', () => {
    const hidden = { ...layer, palette: makePalette([], new Set([1]), undefined, true) };
    expect(overlaySlice(hidden, frame).unsure).toEqual([]);
    expect(overlaySlice(layer, frame).unsure.length).toBe(6);
  });

  it('is another one in another plane', () => {
    const coronal = { ...frame, geometry: planeGeometry(labelmap, 'coronal'), slice: 0 };
    expect(overlaySlice(layer, coronal)).not.toBe(overlaySlice(layer, frame));
    expect(overlaySlice(layer, coronal).unsure).toEqual([1, 2, 0]);
  });
});
