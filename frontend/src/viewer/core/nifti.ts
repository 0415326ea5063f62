/**
 * NIfTI-1 reading (`.nii`, `.nii.gz`), after the header definition nifti1.h. Voxels stay in native order and,
 * where no scaling applies, in their own type without a copy.
 */
import { type Affine, affineFromQuaternion, determinant, type Vec3 } from './affine';
import { makeVolume, type Volume, type VoxelArray } from './volume';

const HEADER_BYTES = 348;

/** The file cannot be read; the message is a clause that fits after the file's name and a colon. */
export class NiftiError extends Error {
  override name = 'NiftiError';
}

type ArrayType = new (buffer: ArrayBuffer, byteOffset: number, length: number) => VoxelArray;

interface Datatype {
  readonly bytes: number;
  /** For voxels that can be viewed in place. */
  readonly array: ArrayType | null;
  readonly read: (view: DataView, offset: number, little: boolean) => number;
}

/** 64-bit integers exceed a double's 53 bits only beyond any label or intensity. */
function readInt64(view: DataView, offset: number, little: boolean): number {
  const high = view.getInt32(offset + (little ? 4 : 0), little);
  return high * 2 ** 32 + view.getUint32(offset + (little ? 0 : 4), little);
}

const DATATYPES: Readonly<Record<number, Datatype>> = {
  2: { bytes: 1, array: Uint8Array, read: (v, o) => v.getUint8(o) },
  4: { bytes: 2, array: Int16Array, read: (v, o, le) => v.getInt16(o, le) },
  8: { bytes: 4, array: Int32Array, read: (v, o, le) => v.getInt32(o, le) },
  16: { bytes: 4, array: Float32Array, read: (v, o, le) => v.getFloat32(o, le) },
  64: { bytes: 8, array: Float64Array, read: (v, o, le) => v.getFloat64(o, le) },
  256: { bytes: 1, array: Int8Array, read: (v, o) => v.getInt8(o) },
  512: { bytes: 2, array: Uint16Array, read: (v, o, le) => v.getUint16(o, le) },
  768: { bytes: 4, array: Uint32Array, read: (v, o, le) => v.getUint32(o, le) },
  1024: { bytes: 8, array: null, read: readInt64 },
  1280: { bytes: 8, array: null, read: readInt64 },
};

/** Arrays are viewed in place only where the platform's byte order is the file's. */
const PLATFORM_LITTLE = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

interface Header {
  readonly little: boolean;
  readonly shape: Vec3;
  readonly datatype: Datatype;
  readonly voxOffset: number;
  readonly slope: number;
  readonly intercept: number;
  readonly affine: Affine;
}

/** A volume from a whole file, gzipped or not. */
export async function decodeNifti(file: Uint8Array<ArrayBuffer>): Promise<Volume> {
  const gzipped = file[0] === 0x1f && file[1] === 0x8b;
  if (!gzipped) {
    return parseNifti(file.byteOffset === 0 ? file.buffer : file.slice().buffer);
  }
  return parseNifti(await gunzip(file));
}

async function gunzip(file: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
  try {
    const stream = new Blob([file]).stream().pipeThrough(new DecompressionStream('gzip'));
    return await new Response(stream).arrayBuffer();
  } catch {
    throw new NiftiError('the compressed data is cut off or damaged; upload the file again');
  }
}

/**
 * A volume from uncompressed NIfTI-1 bytes.
 *
 * @throws NiftiError when it is not a single-file 3-D NIfTI-1 of a scalar type, or is cut off.
 */
export function parseNifti(buffer: ArrayBuffer): Volume {
  const header = readHeader(buffer);
  return makeVolume(readVoxels(buffer, header), header.shape, header.affine);
}

function readHeader(buffer: ArrayBuffer): Header {
  if (buffer.byteLength < HEADER_BYTES) throw new NiftiError('it is too short to be a NIfTI file');
  const view = new DataView(buffer);
  const little = byteOrder(view);
  checkMagic(view);
  const code = view.getInt16(70, little);
  const datatype = DATATYPES[code];
  if (!datatype) throw new NiftiError(`data type ${code} is not supported; store one number per voxel`);
  const shape = readShape(view, little);
  return {
    little,
    shape,
    datatype,
    voxOffset: Math.max(HEADER_BYTES + 4, view.getFloat32(108, little) || 0),
    ...readScaling(view, little),
    affine: readAffine(view, little, shape),
  };
}

function byteOrder(view: DataView): boolean {
  if (view.getInt32(0, true) === HEADER_BYTES) return true;
  if (view.getInt32(0, false) === HEADER_BYTES) return false;
  if (view.getInt32(0, true) === 540 || view.getInt32(0, false) === 540) {
    throw new NiftiError('it is NIfTI-2; save it as NIfTI-1');
  }
  throw new NiftiError('it is not a NIfTI file');
}

function checkMagic(view: DataView): void {
  const magic = String.fromCharCode(view.getUint8(344), view.getUint8(345), view.getUint8(346));
  if (magic === 'ni1') throw new NiftiError('its voxels are in a separate .img file; save header and voxels in one .nii');
  if (magic !== 'n+1') throw new NiftiError('it is not a NIfTI file');
}

function readShape(view: DataView, little: boolean): Vec3 {
  const dim = (i: number) => view.getInt16(40 + 2 * i, little);
  const rank = dim(0);
  if (rank < 1 || rank > 7) throw new NiftiError(`its header states ${rank} dimensions`);
  for (let i = 4; i <= rank; i += 1) {
    if (dim(i) > 1) throw new NiftiError('it has more than three dimensions; save each sequence as its own file');
  }
  const shape: Vec3 = [dim(1), rank > 1 ? dim(2) : 1, rank > 2 ? dim(3) : 1];
  if (Math.min(...shape) < 1) throw new NiftiError(`its grid ${shape.join('×')} is empty`);
  return shape;
}

/** Slope 0 or not finite means "not scaled" (nifti1.h). */
function readScaling(view: DataView, little: boolean): { slope: number; intercept: number } {
  const slope = view.getFloat32(112, little);
  const intercept = view.getFloat32(116, little);
  if (slope === 0 || !Number.isFinite(slope)) return { slope: 1, intercept: 0 };
  return { slope, intercept: Number.isFinite(intercept) ? intercept : 0 };
}

/** sform where coded, else qform, else spacing alone with x towards the left, as nibabel resolves it. */
function readAffine(view: DataView, little: boolean, shape: Vec3): Affine {
  const float = (offset: number) => view.getFloat32(offset, little);
  const vec = (offset: number): Vec3 => [float(offset), float(offset + 4), float(offset + 8)];
  const row = (o: number) => [float(o), float(o + 4), float(o + 8), float(o + 12)] as const;
  const spacing = vec(80).map((s) => Math.abs(s) || 1) as unknown as Vec3;
  let affine: Affine;
  if (view.getInt16(254, little) !== 0) affine = [row(280), row(296), row(312)];
  else if (view.getInt16(252, little) !== 0) {
    affine = affineFromQuaternion(vec(256), spacing, vec(268), float(76) < 0 ? -1 : 1);
  } else affine = centredAffine(shape, spacing);
  if (!(Math.abs(determinant(affine)) > 1e-12)) {
    throw new NiftiError('its position in space (sform or qform) is not valid: axes coincide or have no length');
  }
  return affine;
}

function centredAffine(shape: Vec3, spacing: Vec3): Affine {
  const [dx, dy, dz] = spacing;
  return [
    [-dx, 0, 0, ((shape[0] - 1) / 2) * dx],
    [0, dy, 0, (-(shape[1] - 1) / 2) * dy],
    [0, 0, dz, (-(shape[2] - 1) / 2) * dz],
  ];
}

function readVoxels(buffer: ArrayBuffer, header: Header): VoxelArray {
  const { datatype, shape, voxOffset, little, slope, intercept } = header;
  const count = shape[0] * shape[1] * shape[2];
  if (buffer.byteLength < voxOffset + count * datatype.bytes) {
    throw new NiftiError(`it is cut off: a grid of ${shape.join('×')} needs more bytes than the file has`);
  }
  const scaled = slope !== 1 || intercept !== 0;
  const native = datatype.bytes === 1 || little === PLATFORM_LITTLE;
  const aligned = voxOffset % datatype.bytes === 0;
  if (datatype.array && native && aligned) {
    const voxels = new datatype.array(buffer, voxOffset, count);
    return scaled ? scale(voxels, slope, intercept) : voxels;
  }
  return copyVoxels(new DataView(buffer), header, count);
}

function scale(voxels: VoxelArray, slope: number, intercept: number): Float32Array {
  const result = new Float32Array(voxels.length);
  for (let i = 0; i < voxels.length; i += 1) result[i] = (voxels[i] ?? 0) * slope + intercept;
  return result;
}

/** Swapped, unaligned or 64-bit voxels, in double precision so that whole numbers stay exact. */
function copyVoxels(view: DataView, header: Header, count: number): Float64Array {
  const { datatype, voxOffset, little, slope, intercept } = header;
  const result = new Float64Array(count);
  for (let i = 0; i < count; i += 1) {
    result[i] = datatype.read(view, voxOffset + i * datatype.bytes, little) * slope + intercept;
  }
  return result;
}
