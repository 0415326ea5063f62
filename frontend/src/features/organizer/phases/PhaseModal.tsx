import { Modal } from '@mantine/core';

import type { Challenge, Phase } from '~/api/types';

import { PhaseForm } from './PhaseForm';
import { text } from './text';
import type { VersionChoice } from './useVersionChoices';

interface PhaseModalProps {
  readonly challenge: Challenge;
  /** Null is closed. */
  readonly edited: Phase | 'new' | null;
  readonly versions: readonly VersionChoice[];
  readonly onClose: () => void;
}

export function PhaseModal({ challenge, edited, versions, onClose }: PhaseModalProps) {
  const phase = edited === 'new' ? null : edited;
  return (
    <Modal opened={edited !== null} onClose={onClose} title={phase ? text.edit(phase.title) : text.create} size="xl">
      {edited !== null && <PhaseForm slug={challenge.slug} phase={phase} versions={versions} onClose={onClose} />}
    </Modal>
  );
}
