/** Numbers as people read them. */
import type { Vec3 } from './core/affine';

export function formatBytes(bytes: number): string {
  if (bytes < 1e6) return `${Math.round(bytes / 1e3)} kB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Up to four significant digits, no exponent in the usual ranges. */
export function formatIntensity(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 1000) return String(Math.round(value));
  return String(Number(value.toPrecision(4)));
}

/** Two decimals below 10 mL, where lesions are small, one above. */
export function formatVolume_ml(volume_ml: number): string {
  if (volume_ml === 0) return '0';
  return volume_ml < 10 ? volume_ml.toFixed(2) : volume_ml.toFixed(1);
}

/** Such as `23.4 mm`. */
export function formatLength_mm(length_mm: number): string {
  return `${length_mm.toFixed(1)} mm`;
}

/** Such as `R 12.0  A 4.5  S 30.0`. */
export function formatWorld_mm(position: Vec3): string {
  const letters = [
    ['L', 'R'],
    ['P', 'A'],
    ['I', 'S'],
  ] as const;
  return letters
    .map(([negative, positive], axis) => {
      const value = position[axis] ?? 0;
      return `${value < 0 ? negative : positive} ${Math.abs(value).toFixed(1)}`;
    })
    .join('  ');
}
