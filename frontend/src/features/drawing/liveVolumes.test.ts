import { afterEach, expect, it, vi } from 'vitest';

import { type Edit, editBetween, type Labelmap, statisticsOf, Stroke } from '~/viewer';

import { Drawing } from './drawing';

const SHAPE = [24, 20, 6] as const;

function labelmap(): Labelmap {
  return {
    voxels: new Uint8Array(SHAPE[0] * SHAPE[1] * SHAPE[2]),
    shape: SHAPE,
    affine: [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0]],
    spacing_mm: [1, 1, 2],
    orientation: 'RAS',
    marksUnsure: true,
  };
}

/** Counted anew, voxel by voxel. */
function counted({ voxels }: Labelmap, of: (voxel: number) => boolean): number {
  return (voxels.filter(of).length * 2) / 1000;
}

function expectTrue(drawing: Drawing): void {
  for (const label of [1, 2, 3]) {
    expect(drawing.volumes.labels_ml([label])).toBeCloseTo(counted(drawing.labelmap, (voxel) => (voxel & 127) === label), 9);
  }
  expect(drawing.volumes.labels_ml([1, 2, 3])).toBeCloseTo(counted(drawing.labelmap, (voxel) => (voxel & 127) > 0), 9);
  expect(drawing.volumes.unsure_ml()).toBeCloseTo(counted(drawing.labelmap, (voxel) => voxel > 127), 9);
}

function point(step: number) {
  return { at: [3 + ((step * 7) % 18), 2 + ((step * 5) % 15), step % 6] as const, radius_mm: 3 };
}

afterEach(() => vi.unstubAllGlobals());

it.each([1, 0, 'unsure', 'sure'] as const)('a stroke of %s counts while it is drawn, over others\' edits, and when it has ended', (label) => {
  const drawing = new Drawing(labelmap(), () => undefined);
  for (const [i, under] of ([2, 3, 'unsure'] as const).entries()) {
    const stroke = new Stroke(drawing.labelmap, { plane: null, label: under });
    stroke.move([point(i), point(i + 1)]);
    drawing.count(stroke.end());
  }
  expectTrue(drawing);
  const stroke = new Stroke(drawing.labelmap, { plane: null, label });
  drawing.beginStroke(stroke);
  for (let step = 0; step < 6; step += 1) {
    const box = stroke.move([point(step)]);
    if (box) drawing.touch(box);
    expectTrue(drawing);
    if (step === 3) drawing.beneath(() => drawing.apply(othersEdit(drawing)));
    expectTrue(drawing);
  }
  drawing.count(stroke.end());
  drawing.endStroke(stroke);
  expectTrue(drawing);
  expect(statisticsOf(drawing.labelmap).counts.reduce((sum, count) => sum + count)).toBe(drawing.voxelCount);
});

/** Somebody else's row of label 3, where the stroke has painted too. */
function othersEdit({ voxels }: Drawing): Edit {
  const after = voxels.slice();
  after.fill(3, 0, 200);
  return editBetween(voxels, after);
}

it('a cancelled stroke has counted nothing', () => {
  const drawing = new Drawing(labelmap(), () => undefined);
  const stroke = new Stroke(drawing.labelmap, { plane: null, label: 1 });
  drawing.beginStroke(stroke);
  stroke.move([point(1)]);
  expect(drawing.volumes.labels_ml([1])).toBeGreaterThan(0);
  stroke.cancel();
  drawing.endStroke(stroke);
  expect(drawing.volumes.labels_ml([1])).toBe(0);
});

it('tells of a stroke once a frame, and of its end at once', () => {
  const frames: (() => void)[] = [];
  vi.stubGlobal('requestAnimationFrame', (act: () => void) => frames.push(act));
  const drawing = new Drawing(labelmap(), () => undefined);
  let told = 0;
  drawing.volumes.revision.subscribe(() => (told += 1));
  const stroke = new Stroke(drawing.labelmap, { plane: null, label: 1 });
  drawing.beginStroke(stroke);
  for (let step = 0; step < 10; step += 1) {
    const box = stroke.move([point(step)]);
    if (box) drawing.touch(box);
  }
  expect([told, frames.length]).toEqual([0, 1]);
  frames.splice(0).forEach((act) => act());
  expect(told).toBe(1);
  const box = stroke.move([{ ...point(11), radius_mm: 8 }]);
  if (box) drawing.touch(box);
  expect(frames.length).toBe(1);
  drawing.endStroke(stroke);
  expect(told).toBe(2);
});
