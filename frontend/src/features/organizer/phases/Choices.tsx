import { Radio, Stack } from '@mantine/core';

interface ChoicesProps {
  readonly of: Readonly<Record<string, { readonly name: string; readonly means: string }>>;
}

/** The radios of a group, each with a sentence on what it means. */
export function Choices({ of: choices }: ChoicesProps) {
  return (
    <Stack gap={8} mt={6}>
      {Object.entries(choices).map(([value, { name, means }]) => (
        <Radio key={value} value={value} label={name} description={means} />
      ))}
    </Stack>
  );
}
