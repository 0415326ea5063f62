/** Voxel ↔ world geometry. World is RAS+ in mm, as in NIfTI: x grows towards R, y towards A, z towards S. */

export type Axis = 0 | 1 | 2;
export type Vec3 = readonly [number, number, number];
export type AffineRow = readonly [number, number, number, number];
/** The upper three rows of the 4×4 voxel-to-world matrix. */
export type Affine = readonly [AffineRow, AffineRow, AffineRow];

export const AXES: readonly Axis[] = [0, 1, 2];

const LETTERS = [
  ['L', 'R'],
  ['P', 'A'],
  ['I', 'S'],
] as const;

/** The anatomical direction that a voxel axis follows most closely. */
export interface AxisDirection {
  /** World axis: 0 left–right, 1 posterior–anterior, 2 inferior–superior. */
  readonly world: Axis;
  /** +1 when the index grows towards R, A or S. */
  readonly sign: 1 | -1;
}

export function applyAffine(affine: Affine, point: Vec3): Vec3 {
  const row = (r: AffineRow) => r[0] * point[0] + r[1] * point[1] + r[2] * point[2] + r[3];
  return [row(affine[0]), row(affine[1]), row(affine[2])];
}

/** Length in mm of one step along each voxel axis. */
export function spacingOf(affine: Affine): Vec3 {
  const norm = (axis: Axis) => Math.hypot(affine[0][axis], affine[1][axis], affine[2][axis]);
  return [norm(0), norm(1), norm(2)];
}

export function determinant(affine: Affine): number {
  const [a, b, c] = affine;
  return (
    a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0])
  );
}

/**
 * The world axis of each voxel axis, each world axis used once, so that an oblique scan still maps one to one. The
 * voxel axis that lies closest to any world axis chooses first, as nibabel's `io_orientation` does.
 */
export function axisDirections(affine: Affine): readonly [AxisDirection, AxisDirection, AxisDirection] {
  const spacing = spacingOf(affine);
  const cosine = (world: Axis, axis: Axis) => affine[world][axis] / (spacing[axis] || 1);
  const closeness = (axis: Axis) => Math.max(...AXES.map((world) => Math.abs(cosine(world, axis))));
  const free = new Set(AXES);
  const worlds: [Axis, Axis, Axis] = [0, 1, 2];
  for (const axis of [...AXES].sort((a, b) => closeness(b) - closeness(a))) {
    const world = [...free].reduce((a, b) => (Math.abs(cosine(b, axis)) > Math.abs(cosine(a, axis)) ? b : a));
    worlds[axis] = world;
    free.delete(world);
  }
  const direction = (axis: Axis): AxisDirection => ({
    world: worlds[axis],
    sign: cosine(worlds[axis], axis) < 0 ? -1 : 1,
  });
  return [direction(0), direction(1), direction(2)];
}

/** Letter of the body side that lies in the given direction of a world axis, such as 'L' for (0, −1). */
export function directionLetter(world: Axis, sign: 1 | -1): string {
  return LETTERS[world][sign === 1 ? 1 : 0];
}

/** Orientation code of the voxel axes, such as `LPS`: the side towards which each index grows. */
export function orientationCode(affine: Affine): string {
  return axisDirections(affine)
    .map(({ world, sign }) => directionLetter(world, sign))
    .join('');
}

/** Below this, the implied a² of a stored quaternion is rounding of its 32-bit b, c, d. */
const QUATERNION_NOISE = 3 * 2 ** -23;

/** Rotation by a unit quaternion (b, c, d; a ≥ 0 is implied), spacing and offset, as NIfTI's qform stores them. */
export function affineFromQuaternion(quaternion: Vec3, spacing_mm: Vec3, offset_mm: Vec3, qfac: 1 | -1): Affine {
  const a2 = 1 - quaternion.reduce((sum, part) => sum + part * part, 0);
  const real = a2 < QUATERNION_NOISE ? 0 : Math.sqrt(a2);
  const norm = Math.hypot(real, ...quaternion);
  const a = real / norm;
  const [b, c, d] = [quaternion[0] / norm, quaternion[1] / norm, quaternion[2] / norm];
  const [dx, dy] = spacing_mm;
  const dz = spacing_mm[2] * qfac;
  const [ox, oy, oz] = offset_mm;
  return [
    [(a * a + b * b - c * c - d * d) * dx, 2 * (b * c - a * d) * dy, 2 * (b * d + a * c) * dz, ox],
    [2 * (b * c + a * d) * dx, (a * a + c * c - b * b - d * d) * dy, 2 * (c * d - a * b) * dz, oy],
    [2 * (b * d - a * c) * dx, 2 * (c * d + a * b) * dy, (a * a + d * d - b * b - c * c) * dz, oz],
  ];
}
