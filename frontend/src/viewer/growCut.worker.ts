/** Grow-cut beside the page, so that painting goes on. */
import { type GrowCutJob, runGrowCut } from './core/tools/growCut';

self.onmessage = ({ data }: MessageEvent<GrowCutJob>) => {
  self.postMessage(runGrowCut(data));
};
