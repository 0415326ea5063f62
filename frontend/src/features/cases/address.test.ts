import { expect, test } from 'vitest';

import { placePath, voxelIn } from './address';

test('an address carries a place there and back', () => {
  const [path, search = ''] = placePath('c1', [12, 30, 0], 'annotation:7').split('?');
  expect(path).toBe('/cases/c1');
  expect(voxelIn(new URLSearchParams(search))).toEqual([12, 30, 0]);
  expect(new URLSearchParams(search).get('show')).toBe('annotation:7');
});

test.each(['', 'voxel=', 'voxel=1,2', 'voxel=1,2,x', 'voxel=-1,2,3', 'voxel=1,2,3,4', 'voxel=1.5,2,3', 'voxel=999999,1,1'])(
  'what is no voxel is none: %s',
  (search) => expect(voxelIn(new URLSearchParams(search))).toBeNull(),
);
