import { Group, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleX, IconInfoCircle } from '@tabler/icons-react';

import type { Severity } from './findings';
import { text } from './text';

const MARKS: Readonly<Record<Severity, { readonly icon: typeof IconCircleX; readonly color: string }>> = {
  error: { icon: IconCircleX, color: 'var(--bad)' },
  warning: { icon: IconAlertTriangle, color: 'var(--warn)' },
  info: { icon: IconInfoCircle, color: 'var(--accent)' },
};

export function SeverityMark({ severity }: { readonly severity: Severity }) {
  const { icon: Icon, color } = MARKS[severity];
  return (
    <Group gap={6} wrap="nowrap">
      <Icon size={15} color={color} aria-hidden style={{ flex: 'none' }} />
      <Text size="sm">{text.report.one[severity]}</Text>
    </Group>
  );
}
