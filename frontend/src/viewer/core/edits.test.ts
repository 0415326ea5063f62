// @vitest-environment node
import { describe, expect, it } from 'vitest';

import { decodeEdit, encodeEdit, packRuns, unpackRuns } from './editRecord';
import {
  applyEdit,
  countVoxels,
  type Edit,
  editBetween,
  editBox,
  EditDraft,
  EditError,
  EditRecorder,
  invertEdit,
  mergeEdits,
  NO_EDIT,
  rebaseEdit,
  revertEdit,
} from './edits';
import { Chance, forSeeds } from './tools/testGrids';

const VOXELS = 140;

function applied(voxels: Uint8Array, edit: Edit): Uint8Array {
  const after = voxels.slice();
  applyEdit(after, edit);
  return after;
}

describe('records', () => {
  it('has the bytes that the server has', () => {
    const before = new Uint8Array(600);
    const after = before.slice().fill(3, 2, 202);
    after[300] = 1;
    // 2, 200 (two bytes), 0, 3; the next run begins 98 voxels after the first one's end.
    expect(Array.from(packRuns(editBetween(before, after)))).toEqual([2, 0xc8, 0x01, 0, 3, 98, 1, 0, 1]);
  });

  it('reads what the server deflated', async () => {
    // zlib.compress(bytes([2, 200, 1, 0, 3, 98, 1, 0, 1]), 6) in Python 3.11.
    const record = Uint8Array.of(
      0x78, 0x9c, 0x63, 0x3a, 0xc1, 0xc8, 0xc0, 0x9c, 0xc4, 0xc8, 0xc0, 0x08, 0x00, 0x07, 0xfd, 0x01, 0x33,
    );
    const edit = await decodeEdit(record, 600);
    expect(edit).toEqual({
      start: Uint32Array.of(2, 300),
      length: Uint32Array.of(200, 1),
      old: Uint8Array.of(0, 0),
      new: Uint8Array.of(3, 1),
    });
  });

  it('turns one labelmap into the other and back, by way of bytes', async () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const chance = new Chance(seed);
      const [before, after] = [chance.labelmap(VOXELS), chance.labelmap(VOXELS)];
      const edit = await decodeEdit(await encodeEdit(editBetween(before, after)), VOXELS);
      expect(applied(before, edit)).toEqual(after);
      expect(applied(after, invertEdit(edit))).toEqual(before);
    }
  });

  it('keeps gaps that do not fit into 32 bits of a shift', () => {
    const edit: Edit = {
      start: Uint32Array.of(3_000_000_000),
      length: Uint32Array.of(1_000_000_000),
      old: Uint8Array.of(0),
      new: Uint8Array.of(255),
    };
    expect(unpackRuns(packRuns(edit), 4_000_000_000)).toEqual(edit);
  });

  it('is empty where nothing changed', async () => {
    const edit = await decodeEdit(await encodeEdit(editBetween(new Uint8Array(9), new Uint8Array(9))), 9);
    expect(countVoxels(edit)).toBe(0);
    expect(packRuns(edit)).toHaveLength(0);
  });

  it.each([
    [[0, 200, 1, 0, 1], /beyond the grid/],
    [[0, 0, 0, 1], /without voxels/],
    [[0, 1, 1, 1], /two different values/],
    [[0, 1, 0, 0x80, 2], /two different values/],
    [[0, 1, 0], /groups of 4/],
    [[0, 1, 0, 0x81], /within a number/],
    [[0x81, 0x81, 0x81, 0x81, 0x81, 0x81, 1, 1, 0, 1], /too large/],
  ])('refuses damaged runs %j', (raw, sentence) => {
    expect(() => unpackRuns(Uint8Array.from(raw), VOXELS)).toThrow(sentence);
  });

  it('refuses what is not deflated, is cut short, or unpacks without end', async () => {
    await expect(decodeEdit(Uint8Array.of(0x50, 0x4b, 3, 4), VOXELS)).rejects.toThrow(EditError);
    const record = await encodeEdit(editBetween(new Uint8Array(VOXELS), new Chance(1).labelmap(VOXELS)));
    await expect(decodeEdit(record.slice(0, -6), VOXELS)).rejects.toThrow(EditError);
    const bomb = new Blob([new Uint8Array(5_000_000)]).stream().pipeThrough(new CompressionStream('deflate'));
    const bytes = new Uint8Array(await new Response(bomb).arrayBuffer());
    await expect(decodeEdit(bytes, VOXELS)).rejects.toThrow(/longer than the grid/);
  });
});

describe('applying', () => {
  it('refuses an edit of another state and changes nothing', () => {
    const edit = editBetween(new Uint8Array(9), Uint8Array.of(0, 2, 2, 2, 0, 0, 0, 0, 0));
    const elsewhere = Uint8Array.of(0, 0, 0, 4, 0, 0, 0, 0, 0);
    expect(() => applyEdit(elsewhere, edit)).toThrow('1 voxels are not as the edit found them: voxel 3 holds label 4, not 0');
    expect(Array.from(elsewhere)).toEqual([0, 0, 0, 4, 0, 0, 0, 0, 0]);
    expect(() => applyEdit(new Uint8Array(3), edit)).toThrow(/beyond the grid's 3 voxels/);
  });

  it('paints the same voxels on another state after a rebase', () => {
    forSeeds(40, (chance) => {
      const [before, after, other] = [chance.labelmap(VOXELS), chance.labelmap(VOXELS), chance.labelmap(VOXELS)];
      const rebased = applied(other, rebaseEdit(editBetween(before, after), other));
      expect(rebased).toEqual(other.map((label, i) => (before[i] === after[i] ? label : (after[i] ?? 0))));
    });
  });

  it('reverts only what still is as the edit left it', () => {
    const edit = editBetween(new Uint8Array(6), Uint8Array.of(0, 1, 1, 1, 1, 0));
    const later = Uint8Array.of(3, 1, 2, 2, 1, 0);
    expect(Array.from(applied(later, revertEdit(edit, later)))).toEqual([3, 0, 2, 2, 0, 0]);
  });

  it('merges edits into the one that does the same, and refuses a gap between them', () => {
    forSeeds(40, (chance) => {
      const states = [0, 1, 2, 3].map(() => chance.labelmap(VOXELS));
      const edits = states.slice(1).map((state, i) => editBetween(states[i] ?? state, state));
      const [first = new Uint8Array(), last = new Uint8Array()] = [states[0], states[3]];
      expect(mergeEdits(edits)).toEqual(editBetween(first, last));
    });
    expect(mergeEdits([])).toEqual(NO_EDIT);
    const edit = editBetween(Uint8Array.of(0), Uint8Array.of(1));
    expect(() => mergeEdits([edit, edit])).toThrow(/voxel 0 holds 1, not 0/);
  });
});

describe('collecting', () => {
  it('records a stroke as it paints, with the labels of first touch', () => {
    forSeeds(12, (chance) => {
      const before = chance.labelmap(9000);
      const voxels = before.slice();
      const recorder = new EditRecorder(voxels);
      for (let i = 0; i < 300; i += 1) recorder.set(chance.whole(0, 8999), chance.whole(0, 4));
      expect(recorder.toEdit()).toEqual(editBetween(before, voxels));
      recorder.revert();
      expect(voxels).toEqual(before);
    });
  });

  it('lies on top of what is painted under it', () => {
    forSeeds(12, (chance) => {
      const below = chance.labelmap(9000);
      const voxels = below.slice();
      const recorder = new EditRecorder(voxels);
      const stroke = new Map<number, number>();
      for (let round = 0; round < 4; round += 1) {
        for (let i = 0; i < 50; i += 1) {
          const [index, label] = [chance.whole(0, 8999), chance.whole(0, 4)];
          if (recorder.set(index, label) || stroke.has(index)) stroke.set(index, label);
        }
        const layBack = recorder.lift();
        expect(voxels).toEqual(below);
        for (let i = 0; i < 3000; i += 1) below[chance.whole(0, 8999)] = chance.whole(0, 4);
        voxels.set(below);
        layBack();
        stroke.forEach((label, index) => expect(voxels[index]).toBe(label));
      }
      expect(recorder.toEdit()).toEqual(editBetween(below, voxels));
      recorder.revert();
      expect(voxels).toEqual(below);
    });
  });

  it('says whether a voxel changed', () => {
    const recorder = new EditRecorder(Uint8Array.of(1, 0));
    expect([recorder.set(0, 1), recorder.set(1, 1), recorder.set(1, 1)]).toEqual([false, true, false]);
  });

  it('drafts without painting', () => {
    const voxels = Uint8Array.of(0, 1, 2);
    const draft = new EditDraft(voxels);
    draft.set(2, 5);
    draft.set(0, 0);
    draft.set(1, 5);
    expect(Array.from(voxels)).toEqual([0, 1, 2]);
    expect(draft.toEdit()).toEqual(editBetween(voxels, Uint8Array.of(0, 5, 5)));
  });
});

describe('box of an edit', () => {
  it('surrounds exactly the changed voxels', () => {
    forSeeds(60, (chance) => {
      const shape = [7, 5, 4] as const;
      const before = new Uint8Array(VOXELS);
      const after = before.slice();
      const start = chance.whole(0, VOXELS - 1);
      after.fill(1, start, chance.whole(start, VOXELS - 1) + 1);
      after[chance.whole(0, VOXELS - 1)] = 2;
      const changed = Array.from(after.keys()).filter((i) => after[i] !== 0);
      const places = changed.map((i) => [i % 7, Math.floor(i / 7) % 5, Math.floor(i / 35)]);
      const along = (axis: number) => places.map((place) => place[axis] ?? 0);
      expect(editBox(editBetween(before, after), shape)).toEqual({
        low: [0, 1, 2].map((axis) => Math.min(...along(axis))),
        high: [0, 1, 2].map((axis) => Math.max(...along(axis))),
      });
    });
  });

  it('is null without any', () => expect(editBox(NO_EDIT, [7, 5, 4])).toBeNull());
});
