import { useEffect } from 'react';

import { forgetCase } from '~/offline';
import { useSession as usePerson } from '~/session';
import { type CaseContent, useViewer, type ViewerState } from '~/viewer';

import type { Assignment } from '../rater/queries';
import { isOpen } from '../rater/queue';
import { keepCase } from './keepCase';
import { keepsOpened } from './preference';
import { keepShell } from './shell';

function isThere(images: CaseContent['images'], files: ViewerState['files']): boolean {
  return images.every(({ url, difference }) => difference || files[url]?.status === 'image');
}

/**
 * Keep the case that is open in the viewer, once its images are there: nothing is fetched before what is looked at.
 * Handed in, it goes. What could not be kept is tried again with the next opening.
 */
export function useKeepOpened(assignment: Assignment): void {
  const isLoaded = useViewer(({ files }, { images }) => isThere(images, files));
  const isMine = usePerson().user?.id === assignment.rater.id;
  const open = isOpen(assignment);
  const { id } = assignment;
  const isWanted = isLoaded && isMine && open;
  useEffect(() => {
    if (!isWanted || !keepsOpened()) return;
    void keepShell().catch(() => undefined);
    void keepCase(assignment).catch(() => undefined);
    // The assignment changes with each save; it is kept once.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [isWanted, id]);
  useEffect(() => {
    if (!open) void forgetCase(id).catch(() => undefined);
  }, [open, id]);
}
