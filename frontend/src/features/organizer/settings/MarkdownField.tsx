import { Box, Group, Paper, SegmentedControl, Text, Textarea } from '@mantine/core';
import { useId, useState } from 'react';

import { Markdown } from '~/ui/Markdown';

import { text } from './text';

interface MarkdownFieldProps {
  readonly label: string;
  readonly value?: string;
  readonly onChange?: (value: string) => void;
  readonly error?: React.ReactNode;
  readonly minRows?: number;
}

/** Markdown to write, and as its readers will see it. */
export function MarkdownField({ label, value = '', onChange, error, minRows = 6 }: MarkdownFieldProps) {
  const [mode, setMode] = useState('write');
  const id = useId();
  return (
    <Box>
      <Group justify="space-between" mb={4}>
        <Text component="label" htmlFor={id} size="sm" fw={500}>
          {label}
        </Text>
        <SegmentedControl
          size="xs"
          aria-label={text.modes(label)}
          value={mode}
          onChange={setMode}
          data={[
            { value: 'write', label: text.write },
            { value: 'preview', label: text.preview },
          ]}
        />
      </Group>
      {mode === 'write' ? (
        <Textarea
          id={id}
          description={text.markdown}
          inputWrapperOrder={['input', 'description', 'error']}
          autosize
          minRows={minRows}
          maxRows={24}
          value={value}
          error={error}
          onChange={(event) => onChange?.(event.currentTarget.value)}
        />
      ) : (
        <Paper p="md" mih={minRows * 24} bg="transparent">
          {value.trim() ? <Markdown>{value}</Markdown> : <Text c="dimmed">{text.nothing}</Text>}
        </Paper>
      )}
    </Box>
  );
}
