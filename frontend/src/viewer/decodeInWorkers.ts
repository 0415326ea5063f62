/** A few workers that decode files, each one at a time: more than there are cores would only finish all of them late. */
import type { Volume } from './core/volume';
import { type DecodeAnswer, type DecodeJob, takeAnswer } from './decoding';

const MOST_WORKERS = 4;
/** Then they end, and give back their memory. */
const IDLE_MS = 5000;

interface Waiting {
  readonly job: DecodeJob;
  readonly resolve: (volume: Volume) => void;
  readonly reject: (error: unknown) => void;
}

const waiting: Waiting[] = [];
const idle: Worker[] = [];
let started = 0;
let ending: ReturnType<typeof setTimeout> | undefined;

/** @throws NiftiError, or RangeError where memory did not suffice. */
export function decodeInWorkers(job: DecodeJob): Promise<Volume> {
  return new Promise((resolve, reject) => {
    waiting.push({ job, resolve, reject });
    work();
  });
}

function work(): void {
  clearTimeout(ending);
  if (waiting.length === 0) {
    ending = setTimeout(endIdle, IDLE_MS);
    return;
  }
  const worker = idle.pop() ?? (started < workerLimit() ? startWorker() : null);
  const next = worker && waiting.shift();
  if (!worker || !next) return;
  worker.onmessage = ({ data }: MessageEvent<DecodeAnswer>) => {
    idle.push(worker);
    settle(next, data);
    work();
  };
  worker.onerror = ({ message }) => {
    worker.terminate();
    started -= 1;
    next.reject(new Error(message || 'The browser could not start a worker.'));
    work();
  };
  worker.postMessage(next.job, { transfer: [next.job.file.buffer] });
}

function settle({ resolve, reject }: Waiting, answer: DecodeAnswer): void {
  try {
    resolve(takeAnswer(answer));
  } catch (error) {
    reject(error);
  }
}

function startWorker(): Worker {
  started += 1;
  return new Worker(new URL('./decode.worker.ts', import.meta.url), { type: 'module' });
}

function workerLimit(): number {
  return Math.max(1, Math.min(MOST_WORKERS, navigator.hardwareConcurrency));
}

function endIdle(): void {
  for (const worker of idle.splice(0)) {
    worker.terminate();
    started -= 1;
  }
}
