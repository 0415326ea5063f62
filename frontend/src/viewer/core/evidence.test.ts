import { describe, expect, it } from 'vitest';

import type { Affine } from './affine';
import { contrastGain, meanAround, midplaneOf, mirrored, percentOf } from './evidence';
import { distance_mm } from './measure';
import { makeVolume } from './volume';
import { presetWindow, WINDOW_PRESETS } from './window';

const RAS: Affine = [[1, 0, 0, 0], [0, 2, 0, 0], [0, 0, 3, 0]];
const line = (...values: number[]) => makeVolume(Float32Array.from(values), [values.length, 1, 1], RAS);

describe('contrast uptake', () => {
  it('is the difference in percent of each image’s window', () => {
    const [after, before] = [line(100, 200, 0, 60), line(10, 10, 0, 0)];
    const gain = contrastGain(after, { level: 100, width: 200 }, before, { level: 10, width: 20 });
    expect([...gain.voxels]).toEqual([0, 50, 0, 30]);
  });

  it('is cut where it is out of all bounds', () => {
    const window = { level: 0.5, width: 1 };
    expect([...contrastGain(line(9), window, line(0.5), window).voxels]).toEqual([127]);
  });

  it('counts a window from black to white', () => {
    expect([percentOf(50, { level: 100, width: 100 }), percentOf(150, { level: 100, width: 100 })]).toEqual([0, 100]);
  });
});

describe('the other side', () => {
  it('is mirrored at the middle of what the image shows, along the axis from left to right', () => {
    const plane = midplaneOf(line(0, 0, 5, 5, 5, 0));
    expect(plane).toEqual({ axis: 0, sum: 6 });
    expect(mirrored([2, 0, 0], plane)).toEqual([4, 0, 0]);
    const turned = makeVolume(Float32Array.of(0, 1, 1, 1), [1, 4, 1], [[0, -1, 0, 0], [1, 0, 0, 0], [0, 0, 1, 0]]);
    expect(midplaneOf(turned)).toEqual({ axis: 1, sum: 4 });
  });

  it('means over what tissue there is around', () => {
    expect(meanAround(line(0, 4, 8, 0), [2, 0, 0])).toBe(6);
    expect(meanAround(line(0, 0, 0, 7), [0, 0, 0])).toBeNull();
  });
});

describe('rulers and windows', () => {
  it('measures in mm, across voxels that are no cubes', () => {
    expect(distance_mm(line(0), [0, 0, 0], [4, 1.5, 0])).toBeCloseTo(5, 12);
  });

  it('has windows between percentiles of what is not zero', () => {
    const volume = line(0, ...Array.from({ length: 101 }, (_, i) => i + 1));
    const ends = WINDOW_PRESETS.map((preset) => {
      const { level, width } = presetWindow(volume, preset);
      return [preset.key, level - width / 2, level + width / 2];
    });
    expect(ends).toEqual([
      ['auto', 2, 100.5],
      ['full', 1, 101],
      ['contrast', 16, 96],
      ['bright', 51, 100.9],
      ['dark', expect.closeTo(1.1, 9), 61],
    ]);
  });
});
