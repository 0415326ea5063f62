/** From where the labels are seen: a turntable around the patient's long axis, without perspective, so that mm stay mm. */
import type { Vec3 } from '../core/affine';

export interface Camera {
  /** 0 from the front, 90 from the patient's left. */
  readonly azimuth_deg: number;
  /** 90 from above, −90 from below. */
  readonly elevation_deg: number;
  /** 1 fits all labels into the pane. */
  readonly zoom: number;
}

/** From the front, a little from the left and above, so that depth is seen. */
export const START: Camera = { azimuth_deg: 25, elevation_deg: 15, zoom: 1 };
export const ZOOMS = [0.25, 20] as const;
const DEG_PER_PX = 0.4;

/** Unit vectors in RAS+ world directions. */
export interface Basis {
  readonly right: Vec3;
  readonly up: Vec3;
  /** From the labels to the eye. */
  readonly eye: Vec3;
}

export function basisOf({ azimuth_deg, elevation_deg }: Camera): Basis {
  const [a, e] = [(azimuth_deg * Math.PI) / 180, (elevation_deg * Math.PI) / 180];
  const [sa, ca, se, ce] = [Math.sin(a), Math.cos(a), Math.sin(e), Math.cos(e)];
  return {
    // World x grows towards the patient's right, which a viewer in front has on the left.
    right: [-ca, -sa, 0],
    up: [sa * se, -ca * se, ce],
    eye: [-sa * ce, ca * ce, se],
  };
}

/** The labels follow the pointer. */
export function turnedBy(camera: Camera, delta_px: readonly [number, number]): Camera {
  return turned(camera, -delta_px[0] * DEG_PER_PX, delta_px[1] * DEG_PER_PX);
}

export function turned(camera: Camera, azimuth_deg: number, elevation_deg: number): Camera {
  return {
    ...camera,
    azimuth_deg: wrapped(camera.azimuth_deg + azimuth_deg),
    elevation_deg: Math.min(90, Math.max(-90, camera.elevation_deg + elevation_deg)),
  };
}

export function zoomed(camera: Camera, factor: number): Camera {
  return { ...camera, zoom: Math.min(ZOOMS[1], Math.max(ZOOMS[0], camera.zoom * factor)) };
}

function wrapped(degrees: number): number {
  return ((((degrees + 180) % 360) + 360) % 360) - 180;
}

export type Side = 'R' | 'L' | 'A' | 'P' | 'S' | 'I';

export const SIDES: Readonly<Record<Side, { direction: Vec3; name: string; azimuth_deg: number; elevation_deg: number }>> = {
  R: { direction: [1, 0, 0], name: 'right', azimuth_deg: -90, elevation_deg: 0 },
  L: { direction: [-1, 0, 0], name: 'left', azimuth_deg: 90, elevation_deg: 0 },
  A: { direction: [0, 1, 0], name: 'front', azimuth_deg: 0, elevation_deg: 0 },
  P: { direction: [0, -1, 0], name: 'back', azimuth_deg: 180, elevation_deg: 0 },
  S: { direction: [0, 0, 1], name: 'top', azimuth_deg: 0, elevation_deg: 90 },
  I: { direction: [0, 0, -1], name: 'bottom', azimuth_deg: 0, elevation_deg: -90 },
};

export function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** What is looked at, and how much around it a zoom of 1 shows. */
export interface Target {
  readonly centre: Vec3;
  readonly radius_mm: number;
}

/** Pixels per mm in a pane of that size. */
export function scaleOf(camera: Camera, { radius_mm }: Target, size_px: readonly [number, number]): number {
  return (0.42 * Math.min(...size_px) * camera.zoom) / radius_mm;
}

/** The ball around points given as x, y, z, …; null without any. */
export function targetAround(pointSets: readonly Float32Array[]): Target | null {
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (const points of pointSets) {
    for (let i = 0; i < points.length; i += 1) {
      const value = points[i] ?? 0;
      const axis = i % 3;
      if (value < (low[axis] ?? 0)) low[axis] = value;
      if (value > (high[axis] ?? 0)) high[axis] = value;
    }
  }
  if (low[0] === Infinity) return null;
  const middle = (axis: number) => ((low[axis] ?? 0) + (high[axis] ?? 0)) / 2;
  const centre: Vec3 = [middle(0), middle(1), middle(2)];
  const half = (axis: number) => ((high[axis] ?? 0) - (low[axis] ?? 0)) / 2;
  return { centre, radius_mm: Math.max(3, Math.hypot(half(0), half(1), half(2))) };
}
