/** The part of a row of voxels that a round brush covers on its way from one point to the next. */

/** Position in mm along the row's own axis (u), and across it (v, w). */
export type PointMm = readonly [u: number, v: number, w: number];

/** Below this, a length in mm² is zero. */
const TINY = 1e-12;

/**
 * Where a row at (v, w) crosses a capsule: all points within a radius of a segment.
 *
 * @returns both ends along u in mm, or null where the row misses it. A capsule is convex: it is one piece.
 */
export function rowInCapsule(a: PointMm, b: PointMm, radius: number, v: number, w: number): [number, number] | null {
  const pieces = [rowInBall(a, radius, v, w), rowInBall(b, radius, v, w), rowInTube(a, b, radius, v, w)];
  let found: [number, number] | null = null;
  for (const piece of pieces) {
    if (!piece) continue;
    found = found ? [Math.min(found[0], piece[0]), Math.max(found[1], piece[1])] : piece;
  }
  return found;
}

function rowInBall(centre: PointMm, radius: number, v: number, w: number): [number, number] | null {
  const rest = radius * radius - (v - centre[1]) ** 2 - (w - centre[2]) ** 2;
  if (rest < 0) return null;
  const half = Math.sqrt(rest);
  return [centre[0] - half, centre[0] + half];
}

/** The straight part: the cylinder around the segment, cut at the segment's ends. */
function rowInTube(a: PointMm, b: PointMm, radius: number, v: number, w: number): [number, number] | null {
  const [du, dv, dw] = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
  const squared = du * du + dv * dv + dw * dw;
  if (squared < TINY) return null;
  const [qv, qw] = [v - a[1], w - a[2]];
  const across = qv * dv + qw * dw;
  let [low, high] = [-Infinity, Infinity];

  // Between the ends: 0 ≤ u·du + across ≤ |d|².
  if (Math.abs(du) < TINY) {
    if (across < 0 || across > squared) return null;
  } else {
    const ends = [-across / du, (squared - across) / du] as const;
    [low, high] = du > 0 ? ends : [ends[1], ends[0]];
  }

  // Within the cylinder: A·u² − 2B·u + C ≤ 0.
  const A = (dv * dv + dw * dw) / squared;
  const B = (du * across) / squared;
  const C = qv * qv + qw * qw - (across * across) / squared - radius * radius;
  if (A * squared < TINY) {
    if (C > 0) return null;
  } else {
    const root = B * B - A * C;
    if (root < 0) return null;
    const half = Math.sqrt(root);
    low = Math.max(low, (B - half) / A);
    high = Math.min(high, (B + half) / A);
  }
  return low <= high ? [a[0] + low, a[0] + high] : null;
}
