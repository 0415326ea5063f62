/** The linter beside the page: it runs when painting pauses, on what is labelled by then. */
import { type Finding, lintBox, type LintJob } from './core/linter';
import type { LabelScheme } from './core/labels';
import { gainPercent } from './core/evidence';
import { forEachInBox } from './core/tools/grid';
import { labelBits } from './core/unsure';
import type { Labelmap, Volume } from './core/volume';
import { contrastPair } from './content';
import { automaticWindow, imageOrProblem, statisticsOf } from './scene';
import type { Session } from './session';

/**
 * Cut out what the linter needs; a few milliseconds, for the labels' box only.
 *
 * @returns null where nothing is labelled, or no image is there to judge by.
 */
export function prepareLint({ content, store }: Session, labelmap: Labelmap, scheme: LabelScheme): LintJob | null {
  const state = store.get();
  const box = lintBox(statisticsOf(labelmap), labelmap);
  const imageOf = (url: string) => {
    const image = content.images.find((candidate) => candidate.url === url);
    const found = image && imageOrProblem(content, state, image);
    return found && typeof found === 'object' ? found : null;
  };
  const images = content.images.filter(({ difference }) => !difference).flatMap(({ url }) => imageOf(url) ?? []);
  // Brain is where any image shows something: with some of them still on their way, that would be too little.
  const isComplete = images.length === content.images.filter(({ difference }) => !difference).length;
  if (!box || images.length === 0 || !isComplete) return null;
  const pair = contrastPair(content);
  const [after, before] = pair ? [imageOf(pair.after.url), imageOf(pair.before.url)] : [null, null];
  const count = (axis: 0 | 1 | 2) => box.high[axis] - box.low[axis] + 1;
  const length = count(0) * count(1) * count(2);
  const bits = labelBits(labelmap);
  const labels = new Uint8Array(length);
  const tissue = new Uint8Array(length);
  const gain = after && before ? new Int8Array(length) : null;
  const gainAt = after && before ? gainReader(after, before) : null;
  let at = 0;
  forEachInBox(labelmap.shape, box, (index) => {
    labels[at] = (labelmap.voxels[index] ?? 0) & bits;
    tissue[at] = images.some(({ voxels }) => (voxels[index] ?? 0) !== 0) ? 1 : 0;
    if (gain && gainAt) gain[at] = gainAt(index);
    at += 1;
  });
  return { box, gridShape: labelmap.shape, spacing_mm: labelmap.spacing_mm, scheme, labels, tissue, gain };
}

function gainReader(after: Volume, before: Volume): (index: number) => number {
  const [windowA, windowB] = [automaticWindow(after), automaticWindow(before)];
  return (index) => gainPercent(after.voxels[index] ?? 0, windowA, before.voxels[index] ?? 0, windowB);
}

export class LintWorker {
  private readonly worker = new Worker(new URL('./lint.worker.ts', import.meta.url), { type: 'module' });

  /** @param onFindings called with what each job leads to, in their order. */
  constructor(onFindings: (findings: readonly Finding[]) => void) {
    this.worker.onmessage = ({ data }: MessageEvent<readonly Finding[]>) => onFindings(data);
  }

  lint(job: LintJob): void {
    const { labels, tissue, gain } = job;
    this.worker.postMessage(job, { transfer: [labels, tissue, gain].flatMap((array) => array?.buffer ?? []) });
  }

  dispose(): void {
    this.worker.terminate();
  }
}
