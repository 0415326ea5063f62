import { describe, expect, it } from 'vitest';

import { applyEdit, editBetween } from './edits';
import type { LabelScheme } from './labels';
import { closeRegions, ownLabel, ringRules } from './regionRules';
import { drawn, edited, flatGrid, stack } from './tools/testGrids';
import type { LabelGrid } from './tools/grid';

const label = (value: number) => ({ value, name: String(value), color: '#000000' });
const region = (key: string, ...labels: number[]) => ({ key, name: key, labels });
/** 1 necrosis, 2 edema, 3 enhancing. */
const BRATS: LabelScheme = {
  labels: [label(1), label(2), label(3)],
  regions: [region('complete', 1, 2, 3), region('core', 1, 3), region('enhancing', 3)],
};
const PLANE = { axis: 2, slice: 0 } as const;

/** What painting leads to: rows before and after the stroke, and what stands there in the end. */
function painted(before: readonly string[], after: readonly string[], value: number, scheme = BRATS): string[] {
  const grid = flatGrid(before);
  const edit = editBetween(grid.voxels, flatGrid(after).voxels);
  applyEdit(grid.voxels, edit);
  return drawn(edited(grid, closeRegions(grid, edit, { rules: ringRules(scheme), label: value, plane: PLANE })));
}

describe('the rules that follow from regions', () => {
  it('lets the innermost be a ring, and has those between solid', () => {
    expect(ringRules(BRATS)).toEqual([
      { ring: [3], inside: [1, 3], label: 1 },
      { ring: [1, 3], inside: [1, 3], label: 1 },
    ]);
  });

  it('finds a region its own label, the first of the scheme', () => {
    const wide: LabelScheme = {
      labels: [label(1), label(2), label(3), label(4)],
      regions: [region('complete', 4, 3, 2, 1), region('core', 4, 3, 1), region('enhancing', 4)],
    };
    expect(wide.regions.map((each) => ownLabel(wide, each))).toEqual([2, 1, 4]);
  });

  it('has none where nothing nests', () => {
    expect(ringRules({ labels: [label(1), label(2)], regions: [region('a', 1), region('b', 2)] })).toEqual([]);
    expect(ringRules({ labels: [label(1)], regions: [region('a', 1), region('same', 1)] })).toEqual([]);
  });
});

describe('painting with consistent regions', () => {
  it('makes core of the edema that an enhancing ring encloses', () => {
    expect(painted(['22222', '22222', '22222', '22222', '22222'], ['22222', '23332', '23232', '23332', '22222'], 3)).toEqual(
      ['22222', '23332', '23132', '23332', '22222'],
    );
  });

  it('keeps necrosis within an enhancing ring', () => {
    expect(painted(['222', '212', '222'], ['333', '313', '333'], 3)).toEqual(['333', '313', '333']);
  });

  it('leaves no edema between enhancing painted at the core and the core', () => {
    expect(painted(['.....', '1122.', '1222.', '1122.', '.....'], ['.....', '1133.', '1223.', '1133.', '.....'], 3)).toEqual(
      ['.....', '1133.', '1113.', '1133.', '.....'],
    );
  });

  it('leaves a ventricle within edema', () => {
    expect(painted(['...', '...', '...'], ['222', '2.2', '222'], 2)).toEqual(['222', '2.2', '222']);
  });

  it('leaves an open ring open', () => {
    expect(painted(['222', '222', '222'], ['333', '323', '323'], 3)).toEqual(['333', '323', '323']);
  });

  it('leaves other holes alone, which the stroke does not touch', () => {
    expect(painted(['333....', '323....', '333....'], ['333...3', '323....', '333....'], 3)).toEqual([
      '333...3',
      '323....',
      '333....',
    ]);
  });

  it('never changes what was painted, and closes nothing for a label outside the ring', () => {
    expect(painted(['333', '333', '333'], ['333', '323', '333'], 2)).toEqual(['333', '323', '333']);
  });

  it('keeps to the labels that may be painted over', () => {
    const grid = flatGrid(['333', '3.3', '333']);
    const edit = { start: Uint32Array.of(0), length: Uint32Array.of(2), old: Uint8Array.of(0), new: Uint8Array.of(3) };
    const options = { rules: ringRules(BRATS), label: 3, plane: PLANE };
    expect(closeRegions(grid, edit, { ...options, paint: { over: [2] } }).start).toHaveLength(0);
    expect([...closeRegions(grid, edit, options).start]).toEqual([4]);
  });

  it('closes in three dimensions what is enclosed on all sides, and no tube', () => {
    const [cap, ring] = [['333', '333', '333'], ['333', '323', '333']];
    const closed = (slices: string[][]): LabelGrid => {
      const grid = stack(slices, 2);
      const edit = editBetween(stack([ring, ring, ring], 2).voxels, grid.voxels);
      const all = editBetween(new Uint8Array(grid.voxels.length), grid.voxels);
      const closing = closeRegions(grid, edit.start.length ? edit : all, { rules: ringRules(BRATS), label: 3, plane: null });
      return edited(grid, closing);
    };
    expect(drawn(closed([cap, ring, cap]), 2, 1)).toEqual(['333', '313', '333']);
    expect(drawn(closed([ring, ring, ring]), 2, 1)).toEqual(['333', '323', '333']);
  });

  it('knows unsure voxels by their label', () => {
    const grid = { ...flatGrid(['333', '3.3', '333']), marksUnsure: true };
    grid.voxels[0] = 0x83;
    const edit = { start: Uint32Array.of(1), length: Uint32Array.of(1), old: Uint8Array.of(0), new: Uint8Array.of(3) };
    expect([...closeRegions(grid, edit, { rules: ringRules(BRATS), label: 3, plane: PLANE }).start]).toEqual([4]);
  });
});
