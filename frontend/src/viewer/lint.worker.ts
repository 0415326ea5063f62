import { type LintJob, lintLabels } from './core/linter';

self.onmessage = ({ data }: MessageEvent<LintJob>) => {
  const findings = lintLabels(data);
  self.postMessage(findings, { transfer: findings.flatMap(({ voxels, found }) => [voxels.buffer, found.buffer]) });
};
