import { Group, Loader, Progress, Stack, Text } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';

import type { Submission } from '~/api/types';
import { percentDone } from '~/format';

import classes from './ProgressSteps.module.css';
import { isUnderWay, type Step, stepsOf } from './steps';
import { text } from './text';

/** Received, checked, accepted, scored: where it is, in words, and how far. */
export function ProgressSteps({ submission }: { readonly submission: Submission }) {
  return (
    <Stack gap="sm">
      <ol className={classes.steps}>
        {stepsOf(submission).map((step) => (
          <li
            key={step.key}
            className={classes.step}
            data-state={step.state}
            aria-current={step.state === 'now' || step.state === 'stopped' ? 'step' : undefined}
          >
            <StepMark step={step} />
            <span>{text.steps[step.key]}</span>
          </li>
        ))}
      </ol>
      <div role="status">
        <Text size="sm">{sentenceOf(submission)}</Text>
        {submission.is_rescoring && <Text size="sm">{text.page.rescoring}</Text>}
      </div>
      {isUnderWay(submission) && submission.progress.total > 0 && <ProgressBar submission={submission} />}
    </Stack>
  );
}

function StepMark({ step }: { readonly step: Step }) {
  return (
    <span className={classes.mark} aria-hidden>
      {step.state === 'done' && <IconCheck size={14} stroke={3} />}
      {step.state === 'now' && <Loader size={14} color="currentColor" />}
      {step.state === 'stopped' && <IconX size={14} stroke={3} />}
    </span>
  );
}

const WORDS = { computing: text.page.computed, checking: text.page.files, scoring: text.page.cases };

function stageOf({ status }: Submission): keyof typeof WORDS {
  if (status === 'computing') return 'computing';
  return status === 'received' || status === 'validating' ? 'checking' : 'scoring';
}

function ProgressBar({ submission }: { readonly submission: Submission }) {
  const { done, total } = submission.progress;
  const words = WORDS[stageOf(submission)](done, total);
  return (
    <Group gap="md" wrap="nowrap">
      <Progress
        // From computing or checking to scoring it begins anew; it does not run backwards.
        key={stageOf(submission)}
        value={percentDone(done, total)} aria-label={words} flex={1} radius="xs" />
      <Text size="sm" c="dimmed" style={{ flex: 'none' }}>
        {words}
      </Text>
    </Group>
  );
}

/** The server's own reason comes first: it knows why it waits, or what went wrong. */
function sentenceOf({ status, reason }: Submission): string {
  if (reason) return reason;
  if (status === 'rejected') return text.findings.refused;
  return status === 'failed' ? text.status.failed : text.sentences[status];
}
