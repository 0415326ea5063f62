import { Code, Group, Paper, SegmentedControl, Stack, Table, Text, TextInput, Title, VisuallyHidden } from '@mantine/core';
import { IconAlertTriangle, IconCircleX, IconInfoCircle, IconSearch } from '@tabler/icons-react';
import { useState } from 'react';

import type { Finding, Severity } from '~/api/types';

import { filterFindings, type FindingsFilter, severityCounts } from './findings';
import classes from './FindingsPanel.module.css';
import { text } from './text';

const FILTER_FROM = 6;

/** Every problem at once: where, what, and what to do. */
export function FindingsPanel({ findings }: { readonly findings: readonly Finding[] }) {
  const [filter, setFilter] = useState<FindingsFilter>({ severity: 'all', words: '' });
  const shown = filterFindings(findings, filter);
  return (
    <Paper p="md" component="section" aria-label={text.findings.title}>
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={2}>{text.findings.title}</Title>
          <Text size="sm" c="dimmed" role="status">
            {text.findings.shown(shown.length, findings.length)}
          </Text>
        </Group>
        {findings.length >= FILTER_FROM && <Filter findings={findings} filter={filter} onChange={setFilter} />}
        {shown.length === 0 ? <Text c="dimmed">{text.findings.noMatch}</Text> : <FindingsTable findings={shown} />}
      </Stack>
    </Paper>
  );
}

interface FilterProps {
  readonly findings: readonly Finding[];
  readonly filter: FindingsFilter;
  readonly onChange: (filter: FindingsFilter) => void;
}

function Filter({ findings, filter, onChange }: FilterProps) {
  const counts = severityCounts(findings);
  return (
    <Group gap="sm">
      {counts.length > 1 && (
        <SegmentedControl
          size="xs"
          aria-label={text.findings.filterSeverity}
          value={filter.severity}
          onChange={(severity) => onChange({ ...filter, severity: severity as FindingsFilter['severity'] })}
          data={[
            { value: 'all', label: text.findings.all },
            ...counts.map(([severity, count]) => ({
              value: severity,
              label: `${text.findings.severity[severity]} ${count}`,
            })),
          ]}
        />
      )}
      <TextInput
        size="xs"
        flex="1 1 200px"
        maw={360}
        aria-label={text.findings.search}
        placeholder={text.findings.search}
        leftSection={<IconSearch size={14} aria-hidden />}
        value={filter.words}
        onChange={(event) => onChange({ ...filter, words: event.currentTarget.value })}
      />
    </Group>
  );
}

function FindingsTable({ findings }: { readonly findings: readonly Finding[] }) {
  const { columns } = text.findings;
  return (
    <Table className={classes.findings ?? ''}>
      <caption>
        <VisuallyHidden>{text.findings.caption}</VisuallyHidden>
      </caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{columns.severity}</Table.Th>
          <Table.Th>{columns.file}</Table.Th>
          <Table.Th>{columns.finding}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {findings.map((finding, index) => (
          <Table.Tr key={`${finding.file}-${finding.case}-${finding.code}-${index}`}>
            <Table.Td>
              <SeverityMark severity={finding.severity} />
            </Table.Td>
            <Table.Td className={classes.file}>
              <Text size="sm" fw={550}>
                {finding.file ?? text.findings.wholeCase}
              </Text>
              {finding.case && (
                <Text size="xs" c="dimmed">
                  {finding.case}
                </Text>
              )}
            </Table.Td>
            <Table.Td>
              <Text size="sm">{finding.sentence}</Text>
              {finding.remedy && (
                <Text size="sm" className={classes.remedy}>
                  {finding.remedy}
                </Text>
              )}
              <Code fz="xs">{finding.code}</Code>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

const MARKS: Readonly<Record<Severity, { icon: typeof IconCircleX; color: string }>> = {
  error: { icon: IconCircleX, color: 'var(--bad)' },
  warning: { icon: IconAlertTriangle, color: 'var(--warn)' },
  info: { icon: IconInfoCircle, color: 'var(--accent)' },
};

function SeverityMark({ severity }: { readonly severity: Severity }) {
  const { icon: Icon, color } = MARKS[severity];
  return (
    <Group gap={6} wrap="nowrap" c={color}>
      <Icon size={16} aria-hidden />
      <Text size="sm" fw={600}>
        {text.findings.severity[severity]}
      </Text>
    </Group>
  );
}
