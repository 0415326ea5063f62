import { Badge } from '@mantine/core';

import type { SubmissionStatus } from '~/api/types';

import { text } from './text';

const COLORS: Readonly<Record<SubmissionStatus, string>> = {
  computing: 'petrol',
  received: 'petrol',
  validating: 'petrol',
  rejected: 'red',
  accepted: 'petrol',
  scoring: 'petrol',
  scored: 'teal',
  failed: 'orange',
  withdrawn: 'gray',
};

export function StatusBadge({ status }: { readonly status: SubmissionStatus }) {
  return <Badge color={COLORS[status]}>{text.status[status]}</Badge>;
}
