/** Shader programs, compiled when first used, with their uniforms by name. */

export class Program {
  readonly program: WebGLProgram;
  private readonly uniforms = new Map<string, WebGLUniformLocation | null>();

  /** @throws Error with the compiler's words. */
  constructor(
    private readonly gl: WebGL2RenderingContext,
    vertexSource: string,
    fragmentSource: string,
    attributes: readonly string[],
  ) {
    this.program = gl.createProgram();
    this.attach(gl.VERTEX_SHADER, vertexSource);
    this.attach(gl.FRAGMENT_SHADER, fragmentSource);
    attributes.forEach((name, place) => gl.bindAttribLocation(this.program, place, name));
    gl.linkProgram(this.program);
    // A lost context compiles nothing, and that is no mistake of the shader's.
    if (!gl.getProgramParameter(this.program, gl.LINK_STATUS) && !gl.isContextLost()) {
      throw new Error(`This GPU's driver refused a shader: ${gl.getProgramInfoLog(this.program) ?? ''}`);
    }
  }

  uniform(name: string): WebGLUniformLocation | null {
    let place = this.uniforms.get(name);
    if (place === undefined) {
      place = this.gl.getUniformLocation(this.program, name);
      this.uniforms.set(name, place);
    }
    return place;
  }

  private attach(kind: number, source: string): void {
    const { gl } = this;
    const shader = gl.createShader(kind);
    if (!shader) return;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(this.program, shader);
    // The program keeps it for as long as it needs it.
    gl.deleteShader(shader);
  }
}
