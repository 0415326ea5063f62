// @vitest-environment node
import { describe, expect, it } from 'vitest';

import type { Vec3 } from '../core/affine';
import { basisOf, type Camera, dot, type Side, SIDES, START, targetAround, turnedBy } from './camera';

const SIDE_NAMES = Object.keys(SIDES) as Side[];
const from = (side: Side): Camera => ({ ...SIDES[side], zoom: 1 });
const where = (camera: Camera, side: Side): Vec3 => {
  const { right, up, eye } = basisOf(camera);
  const { direction } = SIDES[side];
  return [dot(direction, right), dot(direction, up), dot(direction, eye)];
};

describe('camera', () => {
  it.each(SIDE_NAMES)('looks at the side %s when it is asked to', (side) => {
    expect(where(from(side), side)[2]).toBeCloseTo(1);
  });

  it('has the sides of the body where a viewer of the patient has them', () => {
    expect(where(from('A'), 'L')[0]).toBeCloseTo(1);
    expect(where(from('P'), 'R')[0]).toBeCloseTo(1);
    expect(where(from('L'), 'P')[0]).toBeCloseTo(1);
    expect(where(from('R'), 'A')[0]).toBeCloseTo(1);
    for (const side of ['A', 'P', 'L', 'R'] as const) expect(where(from(side), 'S')[1]).toBeCloseTo(1);
    // From above, the front is below on the screen, as one stands before the patient.
    expect(where(from('S'), 'P')[1]).toBeCloseTo(1);
    expect(where(from('S'), 'L')[0]).toBeCloseTo(1);
  });

  it.each([START, from('S'), { azimuth_deg: -130, elevation_deg: -40, zoom: 2 }])('never mirrors: %o', (camera) => {
    const { right, up, eye } = basisOf(camera);
    const cross = [right[1] * up[2] - right[2] * up[1], right[2] * up[0] - right[0] * up[2], right[0] * up[1] - right[1] * up[0]];
    cross.forEach((part, axis) => expect(part).toBeCloseTo(eye[axis] ?? 0));
    expect(dot(right, up)).toBeCloseTo(0);
  });

  it('lets the near side follow the pointer', () => {
    // What faces the eye moves to the right with a drag to the right, and down with a drag down.
    const turned = turnedBy(from('A'), [50, 0]);
    expect(where(turned, 'A')[0]).toBeGreaterThan(0.2);
    expect(where(turnedBy(from('A'), [0, 50]), 'A')[1]).toBeLessThan(-0.2);
  });

  it('aims at the middle of all points', () => {
    const target = targetAround([Float32Array.of(0, 0, 0, 10, 0, 0), Float32Array.of(0, 20, 0, 0, 0, -40)]);
    expect(target?.centre).toEqual([5, 10, -20]);
    expect(target?.radius_mm).toBeCloseTo(Math.hypot(5, 10, 20));
    expect(targetAround([])).toBeNull();
  });
});
