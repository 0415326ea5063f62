import { Code, ColorSwatch, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import { queries } from '~/api/queries';
import type { Phase } from '~/api/types';

import { text } from './text';

const NAMES_SHOWN = 4;

interface ArchiveNeedsProps {
  readonly phase: Phase;
  readonly mayListCases: boolean;
}

/** What passes the check, said before the upload. */
export function ArchiveNeeds({ phase, mayListCases }: ArchiveNeedsProps) {
  const cases = useQuery({ ...queries.phaseCases(phase.id), enabled: mayListCases });
  const names = cases.data?.results.map(({ name }) => name) ?? [text.needs.anyName];
  return (
    <Paper p="md" bg="transparent">
      <Stack gap="sm">
        <Title order={2} size="h3">
          {text.needs.title}
        </Title>
        <div>
          <Text size="sm">{text.needs.one}</Text>
          {names.slice(0, NAMES_SHOWN).map((name) => (
            <Code key={name} display="block" mt={4} style={{ overflowWrap: 'anywhere' }}>
              {name}.nii.gz
            </Code>
          ))}
          {names.length > NAMES_SHOWN && (
            <Text size="sm" c="dimmed" mt={4}>
              {text.needs.more(names.length - NAMES_SHOWN)}
            </Text>
          )}
        </div>
        <Text size="sm">{text.needs.grid}</Text>
        <div>
          <Text size="sm" mb={6}>
            {text.needs.labels}
          </Text>
          <Stack gap={4}>
            {phase.dataset_version.scheme.labels.map(({ value, name, color }) => (
              <Group key={value} gap={8} wrap="nowrap">
                <Text size="sm" fw={650} w={18} ta="right">
                  {value}
                </Text>
                <ColorSwatch color={color} size={12} withShadow={false} aria-hidden />
                <Text size="sm">{name}</Text>
              </Group>
            ))}
          </Stack>
        </div>
      </Stack>
    </Paper>
  );
}
