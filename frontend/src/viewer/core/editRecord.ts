/**
 * Edits as bytes: every run is four varints `gap, length, old, new` (`gap` counted from the end of the run before),
 * deflated in zlib's format.
 */
import { type Edit, EditError } from './edits';

const FIELDS = 4;
/** A gap or a length is below 2^35: larger than any grid. */
const MOST_VARINT_BYTES = 5;

/** The record that the server stores. */
export async function encodeEdit(edit: Edit): Promise<Uint8Array<ArrayBuffer>> {
  const deflated = new Blob([packRuns(edit)]).stream().pipeThrough(new CompressionStream('deflate'));
  return new Uint8Array(await new Response(deflated).arrayBuffer());
}

/**
 * Read a record.
 *
 * @param voxels of the grid; it bounds what is unpacked.
 * @throws EditError when it is no record, or reaches beyond the grid.
 */
export async function decodeEdit(record: Uint8Array<ArrayBuffer>, voxels: number): Promise<Edit> {
  // Each run has at least one voxel, and four varints.
  return unpackRuns(await inflate(record, FIELDS * MOST_VARINT_BYTES * Math.max(voxels, 1)), voxels);
}

async function inflate(record: Uint8Array<ArrayBuffer>, most_bytes: number): Promise<Uint8Array> {
  const reader = new Blob([record]).stream().pipeThrough(new DecompressionStream('deflate')).getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      throw new EditError(`the edit's runs are not deflated, or cut short: ${String(error)}`);
    });
    if (done) break;
    chunks.push(value);
    length += value.length;
    if (length <= most_bytes) continue;
    await reader.cancel();
    throw new EditError("the edit's runs are longer than the grid allows");
  }
  const bytes = new Uint8Array(length);
  chunks.reduce((offset, chunk) => (bytes.set(chunk, offset), offset + chunk.length), 0);
  return bytes;
}

/** The record before it is deflated; equal edits have equal bytes. */
export function packRuns(edit: Edit): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(edit.start.length * FIELDS * MOST_VARINT_BYTES);
  let at = 0;
  let end = 0;
  const write = (value: number) => {
    let rest = value;
    // No shifts: they would cut numbers to 32 bits.
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes[at++] = (rest % 0x80) | 0x80;
    bytes[at++] = rest;
  };
  for (let run = 0; run < edit.start.length; run += 1) {
    const start = edit.start[run] ?? 0;
    const length = edit.length[run] ?? 0;
    write(start - end);
    write(length);
    write(edit.old[run] ?? 0);
    write(edit.new[run] ?? 0);
    end = start + length;
  }
  return bytes.slice(0, at);
}

/** @throws EditError when they are no runs, or reach beyond the grid. */
export function unpackRuns(bytes: Uint8Array, voxels: number): Edit {
  const values = readVarints(bytes);
  if (values.length % FIELDS !== 0) {
    throw new EditError(`the edit's runs are groups of ${FIELDS} numbers, and ${values.length} are none`);
  }
  const runs = values.length / FIELDS;
  const edit = {
    start: new Uint32Array(runs),
    length: new Uint32Array(runs),
    old: new Uint8Array(runs),
    new: new Uint8Array(runs),
  };
  let end = 0;
  for (let run = 0; run < runs; run += 1) {
    const [gap = 0, length = 0, before = 0, after = 0] = values.slice(run * FIELDS, (run + 1) * FIELDS);
    const start = end + gap;
    end = start + length;
    if (end > voxels || length < 1) {
      throw new EditError(`the edit reaches beyond the grid's ${voxels} voxels, or has a run without voxels`);
    }
    if (before > 255 || after > 255 || before === after) {
      throw new EditError("a run's labels are not two different values of 0 to 255");
    }
    edit.start[run] = start;
    edit.length[run] = length;
    edit.old[run] = before;
    edit.new[run] = after;
  }
  return edit;
}

/** Seven bits a byte, the lowest first; the eighth bit says that more follow. */
function readVarints(bytes: Uint8Array): number[] {
  const values: number[] = [];
  let value = 0;
  let factor = 1;
  let count = 0;
  for (const byte of bytes) {
    count += 1;
    if (count > MOST_VARINT_BYTES) throw new EditError("a number of the edit's runs is too large");
    value += (byte & 0x7f) * factor;
    factor *= 0x80;
    if (byte >= 0x80) continue;
    values.push(value);
    value = 0;
    factor = 1;
    count = 0;
  }
  if (count > 0) throw new EditError("the edit's runs end within a number");
  return values;
}
