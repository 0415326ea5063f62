/** Paints slices into a WebGL2 context. */
import { AXES, type Axis, type Vec3 } from './core/affine';
import type { DisplayAxis, PlaneGeometry } from './core/planes';
import { labelBits } from './core/unsure';
import { placeSlice, type Point, type Viewport } from './core/viewport';
import {
  fillOpacity,
  layerStyle,
  OUTLINE_PX,
  outlineOpacity,
  type OverlayLayer,
  type SliceFrame,
  smoothsImage,
} from './renderer';
import { Program } from './webglProgram';
import { type Pass, QUAD_SHADER, type Sampler, sliceShader } from './webglShaders';
import { Textures, type VolumeTexture } from './webglTextures';

/** A pane and the picture in it. */
export interface PanePicture {
  readonly frame: SliceFrame;
  /** CSS pixels. */
  readonly size_px: Point;
  readonly pixelRatio: number;
}

interface Placed extends PanePicture {
  readonly viewport: Viewport;
  /** Device pixels from the drawing buffer's bottom to the pane's top. */
  readonly top_px: number;
}

export class SlicePainter {
  readonly textures: Textures;
  private readonly programs = new Map<string, Program>();

  constructor(private readonly gl: WebGL2RenderingContext) {
    this.textures = new Textures(gl);
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]), gl.STATIC_DRAW);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
    gl.disable(gl.DITHER);
    gl.enable(gl.BLEND);
    gl.enable(gl.SCISSOR_TEST);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  /**
   * Into the top left corner of the drawing buffer.
   *
   * @throws VolumeTooLarge
   */
  paint(picture: PanePicture): void {
    const { gl } = this;
    const { frame, size_px, pixelRatio } = picture;
    const [width, height] = size_px.map((length) => Math.max(1, Math.round(length * pixelRatio))) as [number, number];
    const top_px = gl.drawingBufferHeight;
    const placed = { ...picture, viewport: placeSlice(frame.geometry, size_px, frame.view), top_px };
    // Uploads first: what cannot be held must not leave half a picture.
    const image = this.textures.image(frame.volume);
    const layers = frame.overlays.map((layer) => [layer, this.textures.labels(layer)] as const);
    gl.viewport(0, top_px - height, width, height);
    gl.scissor(0, top_px - height, width, height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    this.paintImage(placed, image);
    for (const [layer, labels] of layers) this.paintLabels(placed, layer, labels);
  }

  private paintImage(placed: Placed, volume: VolumeTexture): void {
    const { gl } = this;
    const { window, geometry } = placed.frame;
    const program = this.use('image', volume, placed);
    gl.uniform1f(program.uniform('low'), window.level - window.width / 2);
    gl.uniform1f(program.uniform('gain'), 1 / Math.max(window.width, Number.EPSILON));
    gl.uniform1i(program.uniform('smooths'), Number(smoothsImage(geometry, placed.viewport)));
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  }

  private paintLabels(placed: Placed, layer: OverlayLayer, labels: VolumeTexture): void {
    const { gl } = this;
    const { frame, pixelRatio } = placed;
    const style = layerStyle(frame, layer);
    const program = this.use(style, labels, placed);
    gl.activeTexture(gl.TEXTURE1);
    gl.bindTexture(gl.TEXTURE_2D, this.textures.palette(layer.palette));
    gl.uniform1i(program.uniform('palette'), 1);
    gl.uniform1f(program.uniform('opacity'), (style === 'fill' ? fillOpacity : outlineOpacity)(frame, layer));
    gl.uniform1i(program.uniform('label_bits'), labelBits(layer.labelmap));
    gl.uniform1f(program.uniform('half_line_px'), (OUTLINE_PX / 2) * pixelRatio);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  }

  /** The pass's program in use, with its volume and where the slice lies. */
  private use(pass: Pass, { texture, sampler }: VolumeTexture, placed: Placed): Program {
    const { gl } = this;
    const program = this.program(pass, sampler);
    gl.useProgram(program.program);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_3D, texture);
    gl.uniform1i(program.uniform('voxels'), 0);
    const { frame, viewport, pixelRatio, top_px } = placed;
    const { column, row } = frame.geometry;
    const scale = viewport.pixelsPerMm * pixelRatio;
    gl.uniform1f(program.uniform('top_px'), top_px);
    gl.uniform2f(program.uniform('origin_px'), viewport.origin_px[0] * pixelRatio, viewport.origin_px[1] * pixelRatio);
    gl.uniform2f(program.uniform('voxel_px'), column.spacing_mm * scale, row.spacing_mm * scale);
    gl.uniform3i(program.uniform('corner_voxel'), ...cornerVoxel(frame.geometry, frame.slice));
    gl.uniform3i(program.uniform('column_step'), ...stepOf(column));
    gl.uniform3i(program.uniform('row_step'), ...stepOf(row));
    gl.uniform2i(program.uniform('size'), column.length, row.length);
    return program;
  }

  private program(pass: Pass, sampler: Sampler): Program {
    const key = `${pass} ${sampler}`;
    const known = this.programs.get(key);
    if (known) return known;
    const program = new Program(this.gl, QUAD_SHADER, sliceShader(pass, sampler), ['corner']);
    this.programs.set(key, program);
    return program;
  }
}

/** The voxel in a slice's top left corner. */
function cornerVoxel({ column, row, slice }: PlaneGeometry, index: number): Vec3 {
  const first = ({ flipped, length }: DisplayAxis) => (flipped ? length - 1 : 0);
  return vector((axis) => (axis === slice.axis ? index : first(axis === column.axis ? column : row)));
}

function stepOf({ axis, flipped }: DisplayAxis): Vec3 {
  return vector((each) => (each === axis ? (flipped ? -1 : 1) : 0));
}

function vector(component: (axis: Axis) => number): Vec3 {
  return AXES.map(component) as unknown as Vec3;
}
