/** Volumes, labelmaps and palettes as textures: uploaded once, and labels that are painted box by box. */
import type { Vec3 } from './core/affine';
import type { Palette } from './core/slices';
import { type Labelmap, stridesOf, type Volume, type VoxelArray, type VoxelBox } from './core/volume';
import type { OverlayLayer } from './renderer';
import type { Sampler } from './webglShaders';

/** Textures that were not drawn for longest go beyond this; one pane's picture always fits. */
const BUDGET_BYTES = 2 ** 30;

export interface VolumeTexture {
  readonly texture: WebGLTexture;
  readonly sampler: Sampler;
}

interface Kept extends VolumeTexture {
  readonly bytes: number;
  /** Of the labels' changes that it shows. */
  revision: number;
}

interface Format {
  readonly internal: number;
  readonly format: number;
  readonly type: number;
  readonly sampler: Sampler;
}

/** The volume is larger than this GPU can hold; it has to be drawn without it. */
export class VolumeTooLarge extends Error {
  override name = 'VolumeTooLarge';
}

export class Textures {
  /** Least lately drawn first. */
  private readonly kept = new Map<Volume, Kept>();
  private readonly palettes = new Map<Palette, WebGLTexture>();
  private readonly longestSide: number;

  constructor(private readonly gl: WebGL2RenderingContext) {
    this.longestSide = gl.getParameter(gl.MAX_3D_TEXTURE_SIZE) as number;
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
  }

  /** @throws VolumeTooLarge */
  image(volume: Volume): VolumeTexture {
    return this.find(volume) ?? this.upload(volume, 0);
  }

  /**
   * The layer's labels as they are now.
   *
   * @throws VolumeTooLarge
   */
  labels({ labelmap, changes }: OverlayLayer): VolumeTexture {
    const known = this.find(labelmap);
    const revision = changes?.revision ?? 0;
    if (!known) return this.upload(labelmap, revision);
    const box = changes?.changedSince(known.revision);
    if (box) this.uploadBox(known, labelmap, box);
    known.revision = revision;
    return known;
  }

  palette(palette: Palette): WebGLTexture {
    const known = this.palettes.get(palette);
    if (known) return known;
    const { gl } = this;
    const texture = this.create(gl.TEXTURE_2D);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(palette));
    this.palettes.set(palette, texture);
    return texture;
  }

  clear(): void {
    for (const { texture } of this.kept.values()) this.gl.deleteTexture(texture);
    for (const texture of this.palettes.values()) this.gl.deleteTexture(texture);
    this.kept.clear();
    this.palettes.clear();
  }

  private find(volume: Volume): Kept | undefined {
    const known = this.kept.get(volume);
    if (known) {
      this.kept.delete(volume);
      this.kept.set(volume, known);
    }
    return known;
  }

  private upload(volume: Volume, revision: number): Kept {
    const { gl } = this;
    const { shape } = volume;
    if (Math.max(...shape) > this.longestSide) throw new VolumeTooLarge(`${shape.join('×')} voxels`);
    const voxels = drawable(volume.voxels);
    this.makeRoom(voxels.byteLength);
    const { internal, format, type, sampler } = this.formatOf(voxels);
    const texture = this.create(gl.TEXTURE_3D);
    gl.texStorage3D(gl.TEXTURE_3D, 1, internal, ...shape);
    gl.texSubImage3D(gl.TEXTURE_3D, 0, 0, 0, 0, ...shape, format, type, voxels);
    if (gl.getError() === gl.OUT_OF_MEMORY) {
      gl.deleteTexture(texture);
      throw new VolumeTooLarge(`${voxels.byteLength} bytes`);
    }
    const kept = { texture, sampler, bytes: voxels.byteLength, revision };
    this.kept.set(volume, kept);
    return kept;
  }

  /** Straight out of the whole array: the rows and slices around the box are skipped. */
  private uploadBox({ texture }: Kept, { voxels, shape }: Labelmap, { low, high }: VoxelBox): void {
    const { gl } = this;
    const size = ([0, 1, 2] as const).map((axis) => high[axis] - low[axis] + 1) as unknown as Vec3;
    const strides = stridesOf(shape);
    const first = low[0] + low[1] * strides[1] + low[2] * strides[2];
    gl.bindTexture(gl.TEXTURE_3D, texture);
    gl.pixelStorei(gl.UNPACK_ROW_LENGTH, shape[0]);
    gl.pixelStorei(gl.UNPACK_IMAGE_HEIGHT, shape[1]);
    gl.texSubImage3D(gl.TEXTURE_3D, 0, ...low, ...size, gl.RED_INTEGER, gl.UNSIGNED_BYTE, voxels, first);
    gl.pixelStorei(gl.UNPACK_ROW_LENGTH, 0);
    gl.pixelStorei(gl.UNPACK_IMAGE_HEIGHT, 0);
  }

  private makeRoom(wanted_bytes: number): void {
    let used = wanted_bytes;
    for (const { bytes } of this.kept.values()) used += bytes;
    for (const [volume, { texture, bytes }] of this.kept) {
      if (used <= BUDGET_BYTES) return;
      this.gl.deleteTexture(texture);
      this.kept.delete(volume);
      used -= bytes;
    }
  }

  private create(target: number): WebGLTexture {
    const { gl } = this;
    const texture = gl.createTexture();
    gl.bindTexture(target, texture);
    for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(target, filter, gl.NEAREST);
    return texture;
  }

  private formatOf(voxels: VoxelArray): Format {
    const { gl } = this;
    const whole = (internal: number, type: number, sampler: Sampler) =>
      ({ internal, format: gl.RED_INTEGER, type, sampler });
    if (voxels instanceof Uint8Array) return whole(gl.R8UI, gl.UNSIGNED_BYTE, 'usampler3D');
    if (voxels instanceof Int8Array) return whole(gl.R8I, gl.BYTE, 'isampler3D');
    if (voxels instanceof Uint16Array) return whole(gl.R16UI, gl.UNSIGNED_SHORT, 'usampler3D');
    if (voxels instanceof Int16Array) return whole(gl.R16I, gl.SHORT, 'isampler3D');
    return { internal: gl.R32F, format: gl.RED, type: gl.FLOAT, sampler: 'sampler3D' };
  }
}

/** Wide numbers as 32-bit floats: more than a screen can show. */
function drawable(voxels: VoxelArray): VoxelArray {
  const isWide = voxels instanceof Float64Array || voxels instanceof Int32Array || voxels instanceof Uint32Array;
  return isWide ? Float32Array.from(voxels) : voxels;
}
