/** Files for the person's own disk. */

/** Hand a file to the browser's downloads. */
export function saveFile(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken it by then, however slow.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/**
 * The file of a labelmap with other voxels.
 *
 * @param file NIfTI, gzipped, of one byte a voxel, which end the file.
 * @throws Error when it is another kind of file.
 */
export async function withVoxels(file: Uint8Array<ArrayBuffer>, voxels: Uint8Array): Promise<Blob> {
  const bytes = new Uint8Array(await through(file, new DecompressionStream('gzip')));
  const start = new DataView(bytes.buffer).getFloat32(108, true);
  if (start + voxels.length !== bytes.length) throw new Error('The server keeps this labelmap in another form.');
  bytes.set(voxels, start);
  return new Blob([await through(bytes, new CompressionStream('gzip'))], { type: 'application/gzip' });
}

function through(bytes: Uint8Array<ArrayBuffer>, change: CompressionStream | DecompressionStream): Promise<ArrayBuffer> {
  return new Response(new Blob([bytes]).stream().pipeThrough(change)).arrayBuffer();
}
