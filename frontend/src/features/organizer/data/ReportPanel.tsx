import { Button, Code, Group, SegmentedControl, Stack, Table, Text, Title } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useState } from 'react';

import type { ImportFinding } from '../queries';
import classes from './data.module.css';
import { chosenFindings, type Severity, severityCounts } from './findings';
import { SeverityMark } from './SeverityMark';
import { text } from './text';

const FIRST = 8;

/** What was found in each file, the worst first. */
export function ReportPanel({ findings }: { readonly findings: readonly ImportFinding[] }) {
  const [only, setOnly] = useState<Severity | null>(null);
  const [all, setAll] = useState(false);
  const chosen = chosenFindings(findings, only);
  const shown = all ? chosen : chosen.slice(0, FIRST);
  const counts = severityCounts(findings);
  if (findings.length === 0) {
    return (
      <Group gap={6} c="dimmed" fz="sm">
        <IconCircleCheck size={16} color="var(--good)" aria-hidden />
        {text.report.none}
      </Group>
    );
  }
  return (
    <Stack gap="xs" component="section" aria-label={text.report.title}>
      <Group justify="space-between">
        <Group gap="sm">
          <Title order={3}>{text.report.title}</Title>
          <Text size="sm" c="dimmed" role="status">
            {text.report.shown(shown.length, findings.length)}
          </Text>
        </Group>
        {counts.length > 1 && (
          <SegmentedControl
            size="xs"
            aria-label={text.report.filter}
            value={only ?? 'all'}
            onChange={(value) => setOnly(value === 'all' ? null : (value as Severity))}
            data={[
              { value: 'all', label: text.report.all },
              ...counts.map(([severity, count]) => ({ value: severity, label: `${text.report.severity[severity]} ${count}` })),
            ]}
          />
        )}
      </Group>
      <FindingsTable findings={shown} />
      {shown.length < chosen.length && (
        <Button variant="subtle" size="compact-sm" onClick={() => setAll(true)} style={{ alignSelf: 'flex-start' }}>
          {text.report.more(chosen.length - shown.length)}
        </Button>
      )}
    </Stack>
  );
}

function FindingsTable({ findings }: { readonly findings: readonly ImportFinding[] }) {
  const { columns } = text.report;
  return (
    <Table className={classes.report ?? ''} aria-label={text.report.caption}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th w={100}>{columns.severity}</Table.Th>
          <Table.Th>{columns.where}</Table.Th>
          <Table.Th>{columns.finding}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {findings.map((finding, index) => (
          <Table.Tr key={`${finding.file}-${finding.code}-${index}`}>
            <Table.Td>
              <SeverityMark severity={finding.severity} />
            </Table.Td>
            <Table.Td className={classes.path}>
              <Text size="sm" fw={550}>
                {finding.file || finding.case || text.report.wholeArchive}
              </Text>
              {finding.file && finding.case && (
                <Text size="xs" c="dimmed">
                  {finding.case}
                </Text>
              )}
            </Table.Td>
            <Table.Td>
              <Text size="sm">{finding.sentence}</Text>
              <Code fz="xs">{finding.code}</Code>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
