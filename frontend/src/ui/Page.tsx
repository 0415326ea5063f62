import { Box, Container, Group, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';

interface PageProps {
  readonly title: string;
  /** Above the title: where this page belongs. */
  readonly eyebrow?: ReactNode;
  readonly lead?: ReactNode;
  readonly aside?: ReactNode;
  readonly size?: 'narrow' | 'wide';
  readonly children: ReactNode;
}

const WIDTH = { narrow: 460, wide: 1240 } as const;

/** A page: its title in the window, too. */
export function Page({ title, eyebrow, lead, aside, size = 'wide', children }: PageProps) {
  useDocumentTitle(title);
  return (
    <Container size={WIDTH[size]} px={{ base: 'md', sm: 'lg' }} py={{ base: 'lg', sm: 32 }}>
      <Group justify="space-between" align="flex-end" gap="md" mb="lg">
        <Stack gap={4} style={{ minWidth: 0, flex: '1 1 320px' }}>
          {eyebrow && <Box className="eyebrow">{eyebrow}</Box>}
          <Title order={1}>{title}</Title>
          {lead && (
            <Text c="dimmed" maw={720}>
              {lead}
            </Text>
          )}
        </Stack>
        {aside && <Group gap="sm">{aside}</Group>}
      </Group>
      {children}
    </Container>
  );
}

export function useDocumentTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Consilium`;
  }, [title]);
}
