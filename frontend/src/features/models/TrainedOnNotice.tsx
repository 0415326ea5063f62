import { Alert } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';

import { formatList } from '~/format';

import type { AlgorithmVersion } from './queries';
import { text } from './text';

interface TrainedOnNoticeProps {
  /** Phases of which the version saw cases in its training. */
  readonly phases: AlgorithmVersion['trained_on_phases'];
}

/** Says where a version's scores are too good; nothing where it saw none of the cases. */
export function TrainedOnNotice({ phases }: TrainedOnNoticeProps) {
  if (phases.length === 0) return null;
  return (
    <Alert color="yellow" variant="light" py="xs" icon={<IconAlertTriangle size={18} aria-hidden />}>
      {text.trainedOn.phases(formatList(phases.map(({ title }) => title)))}
    </Alert>
  );
}
