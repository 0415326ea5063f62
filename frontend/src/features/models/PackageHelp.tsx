import { Code, List, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import { modelQueries } from './queries';
import { text } from './text';

interface PackageHelpProps {
  /** Of the challenge's data, so that the example is one that fits. */
  readonly sequences: readonly string[];
  readonly labels: readonly number[];
  readonly scheme: string;
}

/** JSON with a line for each field. */
function shortLines(fields: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(fields).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value).replaceAll(',', ', ')}`);
  return `{\n${lines.join(',\n')}\n}`;
}

/** What is uploaded as a model, with an example that fits the challenge. */
export function PackageHelp({ sequences, labels, scheme }: PackageHelpProps) {
  const architectures = useQuery(modelQueries.architectures());
  const words = text.package;
  const example = { architecture: 'unet3d', sequences, labels: [0, ...labels.filter((label) => label !== 0)], scheme, settings: {}, normalisation: 'zscore_brain', missing: 'refuse' };
  return (
    <Stack gap="xs" ta="left" component="section" aria-label={words.title}>
      <Title order={3}>{words.title}</Title>
      <Text size="sm">{words.lead}</Text>
      <List size="sm" spacing={4}>
        <List.Item>{words.config}</List.Item>
        <List.Item>{words.weights}</List.Item>
      </List>
      <Text size="sm">{words.pickles}</Text>
      <Text size="sm" c="dimmed">
        {words.example}
      </Text>
      <Code block>{shortLines(example)}</Code>
      {architectures.data && (
        <Text size="sm" c="dimmed">
          {words.architectures}: {architectures.data.map(({ slug }) => slug).join(', ')}
        </Text>
      )}
      <Text size="sm">{words.after}</Text>
    </Stack>
  );
}
