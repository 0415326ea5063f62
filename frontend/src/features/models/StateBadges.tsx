import { Badge } from '@mantine/core';

import type { VersionStatus, WorkStatus } from './queries';
import { text } from './text';

const WORK: Readonly<Record<WorkStatus, string>> = {
  queued: 'gray',
  running: 'petrol',
  done: 'teal',
  failed: 'orange',
  cancelled: 'gray',
};

const VERSIONS: Readonly<Record<VersionStatus, string>> = {
  checking: 'petrol',
  refused: 'red',
  trial: 'yellow',
  ready: 'teal',
};

/** Beside a long name it is not cut short. */
const WHOLE = { flex: 'none' } as const;

export function WorkBadge({ status }: { readonly status: WorkStatus }) {
  return <Badge color={WORK[status]} style={WHOLE}>{text.work[status]}</Badge>;
}

export function VersionBadge({ status }: { readonly status: VersionStatus }) {
  return <Badge color={VERSIONS[status]} style={WHOLE}>{text.versions[status]}</Badge>;
}
