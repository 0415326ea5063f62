import { Box, Button, Popover, Stack, Text } from '@mantine/core';

import type { CaseFinding } from '../queries';
import { chosenFindings, severityCounts } from './findings';
import { SeverityMark } from './SeverityMark';
import { text } from './text';

const COLORS = { error: 'red', warning: 'yellow', info: 'gray' } as const;

interface FindingsPopoverProps {
  readonly name: string;
  readonly findings: readonly (CaseFinding & { readonly file: string })[];
}

/** How many findings a case has, and each behind it. */
export function FindingsPopover({ name, findings }: FindingsPopoverProps) {
  const [worst] = severityCounts(findings);
  if (!worst) {
    return (
      <Text size="sm" c="dimmed">
        {text.cases.noFindings}
      </Text>
    );
  }
  const shown = worst[0] === 'info' ? text.cases.notes(findings.length) : text.cases.findings(findings.length);
  return (
    <Popover width={380} position="bottom-start" withinPortal shadow="md" trapFocus>
      <Popover.Target>
        <Button
          size="compact-xs"
          variant="light"
          color={COLORS[worst[0]]}
          aria-label={`${shown}: ${text.cases.findingsOf(name)}`}
        >
          {shown}
        </Button>
      </Popover.Target>
      <Popover.Dropdown maw="92vw">
        <Box mah={320} style={{ overflow: 'auto' }} tabIndex={0} role="group" aria-label={text.cases.findingsOf(name)}>
          <Stack gap="sm">
            {chosenFindings(findings, null).map(({ code, severity, sentence, file }, index) => (
              <div key={`${code}-${file}-${index}`}>
                <SeverityMark severity={severity} />
                <Text size="sm">{sentence}</Text>
                {file && (
                  <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                    {file}
                  </Text>
                )}
              </div>
            ))}
          </Stack>
        </Box>
      </Popover.Dropdown>
    </Popover>
  );
}
