import type { Submission } from '~/api/types';

/** The case with the submission's prediction over it. */
export function viewerPath({ id, phase }: Pick<Submission, 'id' | 'phase'>, caseId: string): string {
  return `/cases/${caseId}?submission=${id}&phase=${phase.id}`;
}
