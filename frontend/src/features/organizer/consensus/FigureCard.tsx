import { Anchor, Group, Paper, Text, Title } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { ReactNode } from 'react';

import { text } from './text';

interface FigureCardProps {
  readonly title: string;
  readonly hint: string;
  /** Address of the same as an SVG file. */
  readonly picture?: string;
  readonly controls?: ReactNode;
  readonly children: ReactNode;
}

/** A drawing with its title, how to read it, and where to take it away. */
export function FigureCard({ title, hint, picture, controls, children }: FigureCardProps) {
  return (
    <Paper p="md" component="figure" m={0} style={{ minWidth: 0 }}>
      <Group justify="space-between" gap="xs" align="flex-start" wrap="nowrap">
        <Title order={3}>{title}</Title>
        {picture && (
          <Anchor href={picture} download size="xs" aria-label={text.agreement.download(title)}>
            <Group gap={4} wrap="nowrap" component="span">
              <IconDownload size={14} aria-hidden /> SVG
            </Group>
          </Anchor>
        )}
      </Group>
      <Text size="sm" c="dimmed" mb="sm">
        {hint}
      </Text>
      {controls}
      {children}
    </Paper>
  );
}
