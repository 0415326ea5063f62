import { Button, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconFlask, IconPlayerPlay, IconSchool, IconUpload, IconWand } from '@tabler/icons-react';
import { useNavigate } from 'react-router';

import { answered, api } from '~/api/client';
import type { Challenge, Phase } from '~/api/types';
import { useAction } from '~/features/organizer/useAction';

import type { DataWords } from './modelData';
import { OfferModal } from './OfferModal';
import { text } from './pageText';
import { type Algorithm, type AlgorithmVersion, modelKeys } from './queries';
import { RunOnPhaseModal } from './RunOnPhaseModal';
import { TrainingModal } from './TrainingModal';
import { UploadVersionModal } from './UploadVersionModal';

interface ModelActionsProps {
  readonly challenge: Challenge;
  readonly phases: readonly Phase[];
  readonly algorithm: Algorithm;
  /** The one that is looked at. */
  readonly version: AlgorithmVersion | null;
  readonly words: DataWords;
}

/** What this person may do with the model, in the order in which it is done. */
export function ModelActions({ challenge, phases, algorithm, version, words }: ModelActionsProps) {
  const [uploading, upload] = useDisclosure(false);
  const [running, run] = useDisclosure(false);
  const [offering, offer] = useDisclosure(false);
  const [training, train] = useDisclosure(false);
  const organizes = challenge.my_permissions.includes('model:run');
  const ready = version?.status === 'ready';
  const mayRun = ready && (organizes || algorithm.is_mine);
  const mayTrain = challenge.my_permissions.includes('model:train') && algorithm.kind === 'platform';
  return (
    <Group gap="sm">
      {version && algorithm.may_edit && (version.status === 'trial' || ready) && (
        <TrialButton challenge={challenge} version={version} isFirst={version.status === 'trial'} />
      )}
      {mayRun && (
        <Button leftSection={<IconPlayerPlay size={16} aria-hidden />} onClick={run.open}>
          {text.actions.run}
        </Button>
      )}
      {ready && organizes && (
        <Button variant="default" leftSection={<IconWand size={16} aria-hidden />} onClick={offer.open}>
          {text.actions.offer}
        </Button>
      )}
      {mayTrain && (
        <Button variant="default" leftSection={<IconSchool size={16} aria-hidden />} onClick={train.open}>
          {text.actions.train}
        </Button>
      )}
      {algorithm.may_edit && (
        <Button variant={version ? 'default' : 'filled'} leftSection={<IconUpload size={16} aria-hidden />} onClick={upload.open}>
          {text.actions.upload}
        </Button>
      )}
      {algorithm.may_edit && <UploadVersionModal algorithm={algorithm} words={words} opened={uploading} onClose={upload.close} />}
      {version?.config && mayRun && (
        <RunOnPhaseModal challenge={challenge} phases={phases} algorithm={algorithm} version={version} config={version.config} words={words} opened={running} onClose={run.close} />
      )}
      {version && ready && organizes && (
        <OfferModal challenge={challenge} algorithm={algorithm} version={version} opened={offering} onClose={offer.close} />
      )}
      {mayTrain && <TrainingModal challenge={challenge} algorithm={algorithm} opened={training} onClose={train.close} />}
    </Group>
  );
}

interface TrialButtonProps {
  readonly challenge: Challenge;
  readonly version: AlgorithmVersion;
  readonly isFirst: boolean;
}

function TrialButton({ challenge, version, isFirst }: TrialButtonProps) {
  const navigate = useNavigate();
  const start = useAction(
    () => answered(api.POST('/api/v1/algorithm-versions/{version_id}/trials/', { params: { path: { version_id: version.id } }, body: {} })),
    { stale: [modelKeys.runs(challenge.id)], done: () => text.actions.tried },
  );
  return (
    <Button
      variant={isFirst ? 'filled' : 'default'}
      leftSection={<IconFlask size={16} aria-hidden />}
      loading={start.isPending}
      onClick={() => start.mutate(undefined, { onSuccess: ({ id }) => void navigate(`/runs/${id}`) })}
    >
      {isFirst ? text.actions.trial : text.actions.trialAgain}
    </Button>
  );
}
