/** Builds small NIfTI-1 files for tests, byte by byte from the header's definition. */

export interface NiftiParts {
  readonly shape: readonly number[];
  readonly datatype: number;
  readonly bitsPerVoxel: number;
  readonly write: (view: DataView, offset: number, index: number, little: boolean) => void;
  readonly little?: boolean;
  readonly slope?: number;
  readonly intercept?: number;
  readonly spacing?: readonly [number, number, number];
  readonly sform?: readonly (readonly number[])[];
  readonly qform?: { quaternion: readonly number[]; offset: readonly number[]; qfac: number };
  readonly voxOffset?: number;
}

export function buildNifti(parts: NiftiParts): ArrayBuffer {
  const little = parts.little ?? true;
  const voxOffset = parts.voxOffset ?? 352;
  const count = parts.shape.reduce((a, b) => a * b, 1);
  const bytes = parts.bitsPerVoxel / 8;
  const buffer = new ArrayBuffer(voxOffset + count * bytes);
  const view = new DataView(buffer);
  const float = (offset: number, value: number) => view.setFloat32(offset, value, little);
  view.setInt32(0, 348, little);
  [parts.shape.length, ...parts.shape].forEach((n, i) => view.setInt16(40 + 2 * i, n, little));
  view.setInt16(70, parts.datatype, little);
  view.setInt16(72, parts.bitsPerVoxel, little);
  float(76, parts.qform?.qfac ?? 1);
  (parts.spacing ?? [1, 1, 1]).forEach((s, i) => float(80 + 4 * i, s));
  float(108, voxOffset);
  float(112, parts.slope ?? 0);
  float(116, parts.intercept ?? 0);
  if (parts.qform) {
    view.setInt16(252, 1, little);
    parts.qform.quaternion.forEach((q, i) => float(256 + 4 * i, q));
    parts.qform.offset.forEach((o, i) => float(268 + 4 * i, o));
  }
  if (parts.sform) {
    view.setInt16(254, 1, little);
    parts.sform.forEach((row, r) => row.forEach((value, c) => float(280 + 16 * r + 4 * c, value)));
  }
  [0x6e, 0x2b, 0x31, 0].forEach((byte, i) => view.setUint8(344 + i, byte));
  for (let i = 0; i < count; i += 1) parts.write(view, voxOffset + i * bytes, i, little);
  return buffer;
}

export async function gzip(buffer: ArrayBuffer): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([buffer]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
