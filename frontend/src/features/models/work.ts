/** How a run or a training fares, and how long things take, in words. Pure. */
import type { Run, WorkStatus } from './queries';

/** Something will still happen to it. */
export function isUnderWay(status: WorkStatus): boolean {
  return status === 'queued' || status === 'running';
}

/** "0.42 s", "3.1 s", "12 s", "2 min 05 s", "1 h 05 min": about as exact as anybody reads it. */
export function formatSeconds(seconds: number): string {
  if (seconds < 0.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${twoDigits(whole % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} min`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** "512 MiB", "3.2 GiB". */
export function formatMemory(memory_mib: number): string {
  return memory_mib < 1024 ? `${memory_mib} MiB` : `${(memory_mib / 1024).toFixed(1)} GiB`;
}

/** From its start to its end, or to now; null before it began. */
export function elapsed_s({ started_at, ended_at }: Pick<Run, 'started_at' | 'ended_at'>, now: Date): number | null {
  if (!started_at) return null;
  const end = ended_at ? new Date(ended_at) : now;
  return Math.max(0, (end.getTime() - new Date(started_at).getTime()) / 1000);
}
