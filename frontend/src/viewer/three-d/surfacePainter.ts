/** Lit surfaces in a WebGL2 context. */
import type { Vec3 } from '../core/affine';
import { Program } from '../webglProgram';
import { basisOf, type Camera, scaleOf, type Target } from './camera';
import type { Surface } from './surfaceJob';

/** How a surface is drawn; those in front of others come last. */
export interface PaintedSurface {
  readonly surface: Surface;
  /** Red, green, blue from 0 to 255. */
  readonly color: Vec3;
  /** 1 hides what lies behind. */
  readonly opacity: number;
}

export interface Picture {
  readonly surfaces: readonly PaintedSurface[];
  readonly camera: Camera;
  readonly target: Target;
  /** CSS pixels. */
  readonly size_px: readonly [number, number];
}

/** Far more than a head on either side of the middle. */
const DEPTH_MM = 1000;

const VERTEX_SHADER = `#version 300 es
in vec3 position;
in vec3 normal;
uniform vec3 centre;
uniform mat3 to_screen;
uniform vec3 scale;
out vec3 screen_normal;
void main() {
  gl_Position = vec4((position - centre) * to_screen * scale, 1.0);
  screen_normal = normal * to_screen;
}
`;

/** A lamp over the left shoulder and a little from everywhere; the rim of glass is denser than its middle. */
const FRAGMENT_SHADER = `#version 300 es
precision highp float;
uniform vec3 color;
uniform float opacity;
in vec3 screen_normal;
out vec4 shown;
const vec3 LAMP = vec3(-0.42, 0.52, 0.74);
void main() {
  vec3 n = normalize(screen_normal);
  float light = max(dot(n, LAMP), 0.0);
  float gloss = pow(max(dot(reflect(-LAMP, n), vec3(0.0, 0.0, 1.0)), 0.0), 28.0);
  float rim = pow(1.0 - abs(n.z), 2.0);
  float alpha = mix(opacity, 1.0, 0.5 * rim * step(opacity, 0.999));
  vec3 lit = color * (0.3 + 0.16 * max(n.z, 0.0) + 0.62 * light) + 0.16 * gloss;
  shown = vec4(lit * alpha, alpha);
}
`;

interface Uploaded {
  readonly array: WebGLVertexArrayObject;
  readonly buffers: readonly WebGLBuffer[];
}

export class SurfacePainter {
  private readonly program: Program;
  private readonly uploaded = new Map<Surface, Uploaded>();

  constructor(private readonly gl: WebGL2RenderingContext) {
    this.program = new Program(gl, VERTEX_SHADER, FRAGMENT_SHADER, ['position', 'normal']);
    gl.enable(gl.DEPTH_TEST);
    gl.enable(gl.CULL_FACE);
    gl.enable(gl.BLEND);
    gl.depthFunc(gl.LEQUAL);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.clearColor(0, 0, 0, 0);
  }

  paint(picture: Picture): void {
    const { gl } = this;
    this.forget(new Set(picture.surfaces.map(({ surface }) => surface)));
    gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    gl.useProgram(this.program.program);
    this.aim(picture);
    const isSolid = ({ opacity }: PaintedSurface) => opacity >= 1;
    for (const painted of picture.surfaces.filter(isSolid)) this.draw(painted);
    for (const painted of picture.surfaces.filter((each) => !isSolid(each))) {
      // Only the nearest front of what is see-through: folds behind it would make it darker in places.
      gl.colorMask(false, false, false, false);
      this.draw(painted);
      gl.colorMask(true, true, true, true);
      this.draw(painted);
    }
  }

  clear(): void {
    this.gl.clear(this.gl.COLOR_BUFFER_BIT | this.gl.DEPTH_BUFFER_BIT);
  }

  private aim({ camera, target, size_px }: Picture): void {
    const { gl, program } = this;
    const { right, up, eye } = basisOf(camera);
    const scale = scaleOf(camera, target, size_px);
    gl.uniform3f(program.uniform('centre'), ...target.centre);
    gl.uniformMatrix3fv(program.uniform('to_screen'), false, [...right, ...up, ...eye]);
    gl.uniform3f(program.uniform('scale'), (2 * scale) / size_px[0], (2 * scale) / size_px[1], -1 / DEPTH_MM);
  }

  private draw({ surface, color, opacity }: PaintedSurface): void {
    const { gl, program } = this;
    gl.bindVertexArray(this.upload(surface).array);
    gl.uniform3f(program.uniform('color'), color[0] / 255, color[1] / 255, color[2] / 255);
    gl.uniform1f(program.uniform('opacity'), opacity);
    gl.drawElements(gl.TRIANGLES, surface.triangles.length, gl.UNSIGNED_INT, 0);
  }

  private upload(surface: Surface): Uploaded {
    const known = this.uploaded.get(surface);
    if (known) return known;
    const { gl } = this;
    const array = gl.createVertexArray();
    gl.bindVertexArray(array);
    const fill = (target: number, data: Float32Array | Uint32Array) => {
      const buffer = gl.createBuffer();
      gl.bindBuffer(target, buffer);
      gl.bufferData(target, data, gl.STATIC_DRAW);
      return buffer;
    };
    const buffers = [surface.positions, surface.normals].map((data, attribute) => {
      const buffer = fill(gl.ARRAY_BUFFER, data);
      gl.enableVertexAttribArray(attribute);
      gl.vertexAttribPointer(attribute, 3, gl.FLOAT, false, 0, 0);
      return buffer;
    });
    const uploaded = { array, buffers: [...buffers, fill(gl.ELEMENT_ARRAY_BUFFER, surface.triangles)] };
    this.uploaded.set(surface, uploaded);
    return uploaded;
  }

  private forget(shown: ReadonlySet<Surface>): void {
    for (const [surface, { array, buffers }] of this.uploaded) {
      if (shown.has(surface)) continue;
      this.gl.deleteVertexArray(array);
      buffers.forEach((buffer) => this.gl.deleteBuffer(buffer));
      this.uploaded.delete(surface);
    }
  }
}
