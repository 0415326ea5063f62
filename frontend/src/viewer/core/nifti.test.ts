// @vitest-environment node
import { describe, expect, it } from 'vitest';

import { decodeNifti, NiftiError, parseNifti } from './nifti';
import { buildNifti, gzip, type NiftiParts } from './testNifti';

const IDENTITY = [
  [1, 0, 0, 0],
  [0, 1, 0, 0],
  [0, 0, 1, 0],
];

const INT16: NiftiParts = {
  shape: [2, 3, 2],
  datatype: 4,
  bitsPerVoxel: 16,
  sform: IDENTITY,
  write: (view, offset, i, little) => view.setInt16(offset, 100 * i - 300, little),
};

const expected = Array.from({ length: 12 }, (_, i) => 100 * i - 300);

describe('voxel types', () => {
  const cases: [string, Partial<NiftiParts>, number[]][] = [
    ['uint8', { datatype: 2, bitsPerVoxel: 8, write: (v, o, i) => v.setUint8(o, 20 * i) }, expected.map((_, i) => 20 * i)],
    ['int8', { datatype: 256, bitsPerVoxel: 8, write: (v, o, i) => v.setInt8(o, -i) }, expected.map((_, i) => 0 - i)],
    ['int16', {}, expected],
    ['uint16', { datatype: 512, write: (v, o, i, le) => v.setUint16(o, 60000 + i, le) }, expected.map((_, i) => 60000 + i)],
    ['int32', { datatype: 8, bitsPerVoxel: 32, write: (v, o, i, le) => v.setInt32(o, -70000 * i, le) }, expected.map((_, i) => 0 - 70000 * i)],
    ['float32', { datatype: 16, bitsPerVoxel: 32, write: (v, o, i, le) => v.setFloat32(o, i / 4, le) }, expected.map((_, i) => i / 4)],
    ['float64', { datatype: 64, bitsPerVoxel: 64, write: (v, o, i, le) => v.setFloat64(o, i / 8, le) }, expected.map((_, i) => i / 8)],
    ['int64', { datatype: 1024, bitsPerVoxel: 64, write: (v, o, i, le) => v.setBigInt64(o, BigInt(i) - 5n, le) }, expected.map((_, i) => i - 5)],
  ];
  it.each(cases.flatMap(([name, parts, values]) => [
    [name, 'little', parts, values] as const,
    [name, 'big', parts, values] as const,
  ]))('reads %s in %s endian', (_, order, parts, values) => {
    const volume = parseNifti(buildNifti({ ...INT16, ...parts, little: order === 'little' }));
    expect(volume.shape).toEqual([2, 3, 2]);
    expect(Array.from(volume.voxels, (value) => value + 0)).toEqual(values);
  });

  it('views little-endian voxels in place', () => {
    const buffer = buildNifti(INT16);
    const { voxels } = parseNifti(buffer);
    expect(voxels).toBeInstanceOf(Int16Array);
    expect(voxels.buffer).toBe(buffer);
  });

  it('reads voxels at an unaligned offset', () => {
    expect(Array.from(parseNifti(buildNifti({ ...INT16, voxOffset: 353 })).voxels)).toEqual(expected);
  });
});

describe('scaling', () => {
  it('applies slope and intercept', () => {
    const { voxels } = parseNifti(buildNifti({ ...INT16, slope: 0.5, intercept: 10 }));
    expect(Array.from(voxels)).toEqual(expected.map((value) => value / 2 + 10));
  });

  it.each([0, Number.NaN])('takes a slope of %s as no scaling', (slope) => {
    const { voxels } = parseNifti(buildNifti({ ...INT16, slope, intercept: 7 }));
    expect(Array.from(voxels)).toEqual(expected);
  });
});

describe('position in space', () => {
  const qform = { quaternion: [0, 0, 1], offset: [10, 20, 30], qfac: 1 };

  it('prefers the sform', () => {
    const sform = [
      [0, 0, 3, 5],
      [2, 0, 0, 6],
      [0, -1, 0, 7],
    ];
    const volume = parseNifti(buildNifti({ ...INT16, sform, qform }));
    expect(volume.affine).toEqual(sform);
    expect(volume.spacing_mm).toEqual([2, 1, 3]);
    expect(volume.orientation).toBe('AIR');
  });

  it('uses the qform without an sform: half a turn about z makes LPS', () => {
    const volume = parseNifti(buildNifti({ ...INT16, sform: undefined, qform, spacing: [1, 2, 3] }));
    const [x, y, z] = volume.affine;
    expect([x[0], x[3], y[1], y[3], z[2], z[3]]).toEqual([-1, 10, -2, 20, 3, 30]);
    expect(volume.orientation).toBe('LPS');
  });

  it('flips the third axis where qfac is negative', () => {
    const volume = parseNifti(buildNifti({ ...INT16, sform: undefined, qform: { ...qform, qfac: -1 } }));
    expect(volume.orientation).toBe('LPI');
  });

  it('takes the rounding of a half turn for none', () => {
    // Half a turn about y + z: x reversed, y and z exchanged.
    const half = Math.fround(Math.SQRT1_2);
    const quaternion = { quaternion: [0, half, half], offset: [0, 0, 0], qfac: 1 };
    const { affine } = parseNifti(buildNifti({ ...INT16, sform: undefined, qform: quaternion }));
    const swapped = [-1, 0, 0, 0, 0, 1, 0, 1, 0];
    affine.flatMap((row) => row.slice(0, 3)).forEach((value, i) => expect(value).toBeCloseTo(swapped[i] ?? 0, 6));
  });

  it('centres the grid, x towards the left, without any form', () => {
    const volume = parseNifti(buildNifti({ ...INT16, sform: undefined, spacing: [2, 2, 4] }));
    expect(volume.affine).toEqual([
      [-2, 0, 0, 1],
      [0, 2, 0, -2],
      [0, 0, 4, -2],
    ]);
  });

  it('refuses axes that coincide', () => {
    const sform = [
      [1, 1, 0, 0],
      [0, 0, 0, 0],
      [0, 0, 1, 0],
    ];
    expect(() => parseNifti(buildNifti({ ...INT16, sform }))).toThrow(/not valid/);
  });
});

describe('shape', () => {
  it('drops trailing axes of length one', () => {
    expect(parseNifti(buildNifti({ ...INT16, shape: [2, 3, 2, 1, 1] })).shape).toEqual([2, 3, 2]);
  });

  it('refuses four dimensions', () => {
    expect(() => parseNifti(buildNifti({ ...INT16, shape: [2, 3, 1, 2] }))).toThrow(/more than three dimensions/);
  });
});

describe('files', () => {
  it('decodes gzip by its content', async () => {
    const volume = await decodeNifti(await gzip(buildNifti(INT16)));
    expect(Array.from(volume.voxels)).toEqual(expected);
  });

  it('decodes plain bytes', async () => {
    const volume = await decodeNifti(new Uint8Array(buildNifti(INT16)));
    expect(Array.from(volume.voxels)).toEqual(expected);
  });

  it('says that a truncated gzip is cut off', async () => {
    const file = await gzip(buildNifti(INT16));
    await expect(decodeNifti(file.slice(0, file.length - 12))).rejects.toThrow(/cut off or damaged/);
  });

  it('says that missing voxels are cut off', () => {
    expect(() => parseNifti(buildNifti(INT16).slice(0, 360))).toThrow(/2×3×2 needs more bytes/);
  });

  it('refuses what is no NIfTI', () => {
    expect(() => parseNifti(new TextEncoder().encode('%PDF-1.7'.padEnd(400)).buffer)).toThrow(NiftiError);
  });

  it('refuses colour voxels', () => {
    expect(() => parseNifti(buildNifti({ ...INT16, datatype: 128 }))).toThrow(/data type 128/);
  });
});
