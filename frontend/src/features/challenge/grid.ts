/** Voxel size along each axis in mm: the lengths of the affine's columns. */
export function spacing_mm(affine: readonly (readonly number[])[]): [number, number, number] {
  const length = (column: number) => Math.hypot(...affine.slice(0, 3).map((row) => row[column] ?? 0));
  return [length(0), length(1), length(2)];
}
