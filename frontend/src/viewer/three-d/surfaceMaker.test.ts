// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Affine } from '../core/affine';
import { LabelChanges } from '../core/changes';
import { makePalette } from '../core/labels';
import { makeVolume } from '../core/volume';
import type { OverlayLayer } from '../renderer';
import { runSurfaceJob, type SurfaceJob } from './surfaceJob';
import { SurfaceMaker } from './surfaceMaker';

const AFFINE: Affine = [
  [1, 0, 0, 0],
  [0, 1, 0, 0],
  [0, 0, 1, 0],
];

/** The real work, in this thread. */
class Inline {
  jobs = 0;
  run = (job: SurfaceJob, onProgress: (share: number) => void) => {
    this.jobs += 1;
    return Promise.resolve(runSurfaceJob(job, onProgress));
  };
  stop = () => undefined;
}

function drawing() {
  const labelmap = makeVolume(new Uint8Array(1000), [10, 10, 10], AFFINE);
  labelmap.voxels.fill(1, 444, 446);
  const changes = new LabelChanges(labelmap.shape);
  const layer = (): OverlayLayer => ({ key: 'drawing', labelmap, changes, revision: changes.revision, palette: makePalette([], new Set()) });
  return { labelmap, changes, layer };
}

describe('surface maker', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('makes what is wanted at once, and again only when the hand rests after a change', async () => {
    const source = new Inline();
    const maker = new SurfaceMaker(source);
    const { labelmap, changes, layer } = drawing();
    maker.want([layer()]);
    await vi.advanceTimersByTimeAsync(1);
    const before = maker.surfacesOf(labelmap)?.surfaces[0]?.triangles.length ?? 0;
    expect(before).toBeGreaterThan(0);
    maker.want([layer()]);
    for (let x = 6; x < 9; x += 1) {
      labelmap.voxels[440 + x] = 1;
      changes.touch({ low: [x, 4, 4], high: [x, 4, 4] });
      maker.want([layer()]);
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(source.jobs).toBe(1);
    await vi.advanceTimersByTimeAsync(500);
    expect(source.jobs).toBe(2);
    expect(maker.state.get()).toEqual({ made: 2, progress: null, problem: null });
  });

  it('says why it could not, and tries again after the next change', async () => {
    const source = new Inline();
    const { run } = source;
    source.run = () => Promise.reject(new Error('out of memory'));
    const maker = new SurfaceMaker(source);
    const { changes, layer } = drawing();
    maker.want([layer()]);
    await vi.advanceTimersByTimeAsync(1);
    expect(maker.state.get().problem).toBe('out of memory');
    source.run = run;
    changes.touch({ low: [0, 0, 0], high: [0, 0, 0] });
    maker.want([layer()]);
    await vi.advanceTimersByTimeAsync(1);
    expect(maker.state.get()).toEqual({ made: 1, progress: null, problem: null });
  });
});

describe('changes of a labelmap', () => {
  it('lie in the box around all that was touched since', () => {
    const changes = new LabelChanges([10, 10, 10]);
    expect(changes.changedSince(0)).toBeNull();
    changes.touch({ low: [1, 2, 3], high: [2, 2, 4] });
    changes.touch({ low: [5, 2, 0], high: [6, 8, 0] });
    expect(changes.changedSince(0)).toEqual({ low: [1, 2, 0], high: [6, 8, 4] });
    expect(changes.changedSince(1)).toEqual({ low: [5, 2, 0], high: [6, 8, 0] });
    expect(changes.changedSince(2)).toBeNull();
  });
});
