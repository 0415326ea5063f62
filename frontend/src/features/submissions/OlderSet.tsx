import { Alert, Badge, Tooltip } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';

import { metricSetChange, useLesionRules, useMetricSetWords } from '~/features/metrics';

import { text } from './text';

/** Says of scores that they were computed by metrics which the phase asks for no more. */
export function OlderSetBadge({ metricSet }: { readonly metricSet: string }) {
  const words = useMetricSetWords();
  return (
    <Tooltip label={text.olderSet.badgeHint(words(metricSet))} multiline maw={320}>
      <Badge size="sm" color="yellow" style={{ flex: 'none' }}>
        {text.olderSet.badge}
      </Badge>
    </Tooltip>
  );
}

interface OlderSetNoteProps {
  readonly then: string;
  readonly now: string;
}

/** The names of the set that the scores are of, and of the phase's. */
export function OlderSetNote({ then, now }: OlderSetNoteProps) {
  const change = metricSetChange(then, now, useLesionRules());
  return (
    <Alert color="yellow" icon={<IconHistory size={18} aria-hidden />} title={text.olderSet.title}>
      {text.olderSet.sentence(change.then, change.now)}
    </Alert>
  );
}
