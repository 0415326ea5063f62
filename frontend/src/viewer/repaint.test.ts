import { describe, expect, it } from 'vitest';

import { LabelChanges } from './core/changes';
import { planeGeometry } from './core/planes';
import { makeVolume } from './core/volume';
import type { SliceFrame } from './renderer';
import { DrawnFrame } from './repaint';

/** LPS, as BraTS is stored: both axes of an axial slice run along the screen. */
const volume = makeVolume(new Uint8Array(10 * 8 * 6), [10, 8, 6], [
  [-1, 0, 0, 0],
  [0, -1, 0, 0],
  [0, 0, 1, 0],
]);
const geometry = planeGeometry(volume, 'axial');
const changes = new LabelChanges(volume.shape);
const palette = new Uint8ClampedArray(1024);
const frame: SliceFrame = {
  volume,
  geometry,
  slice: 3,
  window: { level: 1, width: 1 },
  view: { zoom: 1, pan_mm: [0, 0] },
  overlays: [{ key: 'drawing', labelmap: volume, revision: 0, changes, palette }],
  style: 'fill',
  opacity: 0.5,
  crosshair_mm: [2, 2],
};

describe('what is drawn again', () => {
  it('is what was painted in the slice since it was drawn', () => {
    const drawn = new DrawnFrame(frame);
    changes.touch({ low: [2, 3, 3], high: [4, 3, 4] });
    expect(drawn.paintedSince({ ...frame, view: { zoom: 1, pan_mm: [0, 0] } })).toEqual({ left: 2, top: 3, width: 3, height: 1 });
  });

  it('is mirrored where the voxels are', () => {
    const mirrored = { ...frame, geometry: { ...geometry, column: { ...geometry.column, flipped: true } } };
    const drawn = new DrawnFrame(mirrored);
    changes.touch({ low: [0, 7, 0], high: [1, 7, 5] });
    expect(drawn.paintedSince(mirrored)).toEqual({ left: 8, top: 7, width: 2, height: 1 });
  });

  it('is nothing where another slice was painted', () => {
    const drawn = new DrawnFrame(frame);
    changes.touch({ low: [0, 0, 4], high: [9, 7, 5] });
    expect(drawn.paintedSince(frame)).toEqual({ left: 0, top: 0, width: 0, height: 0 });
  });

  it('is everything where more than labels differs', () => {
    const drawn = new DrawnFrame(frame);
    for (const other of [
      { ...frame, slice: 4 },
      { ...frame, opacity: 0.6 },
      { ...frame, window: { level: 1, width: 1 } },
      { ...frame, view: { zoom: 2, pan_mm: [0, 0] as const } },
      { ...frame, crosshair_mm: null },
      { ...frame, overlays: [] },
      { ...frame, overlays: frame.overlays.map((layer) => ({ ...layer, palette: palette.slice() })) },
    ]) {
      expect(drawn.paintedSince(other)).toBeNull();
    }
  });
});
