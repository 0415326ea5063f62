import { describe, expect, it } from 'vitest';

import { labelStatistics, type LabelScheme } from './labels';
import { type Finding, fixFinding, lintBox, type LintJob, lintLabels } from './linter';
import { edited, emptyGrid } from './tools/testGrids';
import { makeVolume } from './volume';

const label = (value: number) => ({ value, name: String(value), color: '#000000' });
const region = (key: string, ...labels: number[]) => ({ key, name: key, labels });
const BRATS: LabelScheme = {
  labels: [label(1), label(2), label(3)],
  regions: [region('complete', 1, 2, 3), region('core', 1, 3), region('enhancing', 3)],
};

const SIZE = 20;
const at = (x: number, y: number, z: number) => x + SIZE * (y + SIZE * z);

/** A job over a whole cube; `paint` sets voxels of a box, both ends included. */
function cube() {
  const grid = emptyGrid([SIZE, SIZE, SIZE]);
  const tissue = new Uint8Array(grid.voxels.length).fill(1);
  const gain = new Int8Array(grid.voxels.length);
  const each = (low: number, high: number, visit: (index: number) => void) => {
    for (let z = low; z <= high; z += 1)
      for (let y = low; y <= high; y += 1) for (let x = low; x <= high; x += 1) visit(at(x, y, z));
  };
  const job: LintJob = {
    box: { low: [0, 0, 0], high: [SIZE - 1, SIZE - 1, SIZE - 1] },
    gridShape: [SIZE, SIZE, SIZE],
    spacing_mm: [1, 1, 1],
    scheme: BRATS,
    labels: grid.voxels,
    tissue,
    gain,
  };
  return { grid, job, tissue, gain, paint: (low: number, high: number, value: number) => each(low, high, (i) => (grid.voxels[i] = value)), each };
}

const kinds = (findings: readonly Finding[]) => findings.map(({ kind }) => kind);

describe('the tumour linter', () => {
  it('finds nothing in a tumour that is as tumours are', () => {
    const { job, paint, each, gain } = cube();
    paint(3, 15, 2);
    paint(5, 13, 3);
    each(5, 13, (i) => (gain[i] = 40));
    paint(7, 11, 1);
    expect(lintLabels(job)).toEqual([]);
  });

  it('finds enhancing that took up nothing, and makes it the rest of the core', () => {
    const { grid, job, paint, gain } = cube();
    gain.fill(3);
    paint(4, 14, 2);
    paint(8, 12, 3);
    const [finding] = lintLabels(job);
    expect(finding).toMatchObject({ kind: 'no-gain', label: 3, becomes: 1, at: [10, 10, 10], gain: 0 });
    const fixed = edited(grid, fixFinding(grid, finding as Finding));
    expect(fixed.voxels[at(10, 10, 10)]).toBe(1);
    expect(lintLabels({ ...job, labels: fixed.voxels })).toEqual([]);
  });

  it('says nothing of gain without T1 before and after', () => {
    const { job, paint } = cube();
    paint(4, 14, 2);
    paint(8, 12, 3);
    expect(lintLabels({ ...job, gain: null })).toEqual([]);
  });

  it('finds edema within the core, once', () => {
    const { grid, job, paint } = cube();
    paint(4, 14, 1);
    paint(9, 10, 2);
    const findings = lintLabels(job);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ kind: 'hole', label: 2, becomes: 1, volume_ml: 0.008 });
    expect(edited(grid, fixFinding(grid, findings[0] as Finding)).voxels[at(9, 9, 9)]).toBe(1);
  });

  it('finds a small gap in edema, but leaves a ventricle', () => {
    const small = cube();
    small.paint(4, 14, 2);
    small.paint(9, 9, 0);
    expect(lintLabels(small.job)).toMatchObject([{ kind: 'hole', label: 0, becomes: 2 }]);
    const large = cube();
    large.paint(2, 17, 2);
    large.paint(4, 14, 0);
    expect(lintLabels(large.job)).toEqual([]);
  });

  it('finds islands and specks', () => {
    const { grid, job, paint } = cube();
    paint(4, 14, 2);
    paint(8, 8, 1);
    paint(17, 18, 2);
    const findings = lintLabels(job);
    expect(findings).toMatchObject([
      { kind: 'island', label: 2, becomes: 0, volume_ml: 0.008 },
      { kind: 'island', label: 1, becomes: 2, volume_ml: 0.001 },
    ]);
    const fixed = findings.reduce((now, finding) => edited(now, fixFinding(now, finding)), grid);
    expect(lintLabels({ ...job, labels: fixed.voxels })).toEqual([]);
  });

  it('finds labels outside the brain first', () => {
    const { job, paint, tissue, each } = cube();
    each(13, 19, (i) => (tissue[i] = 0));
    paint(4, 14, 2);
    paint(8, 8, 1);
    expect(kinds(lintLabels(job))).toEqual(['outside', 'island']);
    expect(lintLabels(job)[0]).toMatchObject({ label: 2, becomes: 0, volume_ml: 0.008 });
  });

  it('mends only what still is as it was found', () => {
    const { grid, job, paint } = cube();
    paint(4, 14, 1);
    paint(9, 10, 2);
    const [finding] = lintLabels(job);
    grid.voxels[at(9, 9, 9)] = 3;
    const fixed = edited(grid, fixFinding(grid, finding as Finding));
    expect([fixed.voxels[at(9, 9, 9)], fixed.voxels[at(10, 9, 9)]]).toEqual([3, 1]);
  });
});

describe('where the linter looks', () => {
  const grid = { ...makeVolume(new Uint8Array(SIZE ** 3), [SIZE, SIZE, SIZE], [[1, 0, 0, 0], [0, 4, 0, 0], [0, 0, 1, 0]]) };

  it('is around the labels, by millimetres', () => {
    grid.voxels[at(10, 10, 2)] = 1;
    expect(lintBox(labelStatistics(grid), grid)).toEqual({ low: [2, 8, 0], high: [18, 12, 10] });
  });

  it('is nowhere without any label', () => {
    const empty = makeVolume(new Uint8Array(8), [2, 2, 2], grid.affine);
    expect(lintBox(labelStatistics(empty), empty)).toBeNull();
  });
});
