import { Alert, Badge, Box, Checkbox, Collapse, Group, Stack, Table, Text, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';

import type { CasePreview, Dataset, ImportPreview as Preview } from '../queries';
import classes from './data.module.css';
import { SequenceBadges } from './SequenceBadges';
import { text } from './text';

interface ImportPreviewProps {
  readonly preview: Preview;
  readonly dataset: Dataset;
  readonly skipped: ReadonlySet<string>;
  /** Without it the choice is made already. */
  readonly onSkip?: (skipped: ReadonlySet<string>) => void;
}

const TONES: Readonly<Record<string, string>> = { errors: 'bad', warnings: 'warn' };

/** What the archive holds, as it was recognised. */
export function ImportPreview({ preview, dataset, skipped, onSkip }: ImportPreviewProps) {
  const counts = Object.entries(text.imports.counts) as [keyof Preview['counts'], string][];
  return (
    <Stack gap="sm">
      <Text size="sm">{text.imports.layout(preview.layout)}</Text>
      <dl className={classes.counts}>
        {counts.map(([key, name]) => (
          <div key={key}>
            <dt>{name}</dt>
            <dd data-tone={preview.counts[key] > 0 ? TONES[key] : undefined}>{preview.counts[key]}</dd>
          </div>
        ))}
      </dl>
      {preview.questions.length > 0 && (
        <Alert color="yellow" title={text.imports.questions}>
          {preview.questions.map((question) => (
            <Text key={question} size="sm">
              {question}
            </Text>
          ))}
        </Alert>
      )}
      <CasesTable cases={preview.cases} dataset={dataset} skipped={skipped} {...(onSkip ? { onSkip } : {})} />
      {preview.ignored.length > 0 && <Ignored files={preview.ignored} />}
    </Stack>
  );
}

type CasesTableProps = Omit<ImportPreviewProps, 'preview'> & { readonly cases: readonly CasePreview[] };

function CasesTable({ cases, dataset, skipped, onSkip }: CasesTableProps) {
  const { columns } = text.imports;
  const storable = cases.filter((one) => one.storable);
  const kept = storable.filter(({ name }) => !skipped.has(name)).length;
  return (
    <Box mah={420} style={{ overflow: 'auto' }} tabIndex={0} role="group" aria-label={text.imports.caption}>
      <Table stickyHeader miw={560}>
        <Table.Thead>
          <Table.Tr>
            {onSkip && (
              <Table.Th w={40}>
                <Checkbox
                  size="xs"
                  aria-label={text.imports.keepAll}
                  checked={kept === storable.length && kept > 0}
                  indeterminate={kept > 0 && kept < storable.length}
                  onChange={() => onSkip(new Set(kept === storable.length ? storable.map(({ name }) => name) : []))}
                />
              </Table.Th>
            )}
            {(['case', 'sequences', 'reference', 'raters', 'grid', 'state'] as const).map((key) => (
              <Table.Th key={key}>{columns[key]}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {cases.map((one) => (
            <CaseLine key={one.name} found={one} dataset={dataset} skipped={skipped} {...(onSkip ? { onSkip } : {})} />
          ))}
        </Table.Tbody>
      </Table>
    </Box>
  );
}

type CaseLineProps = Omit<ImportPreviewProps, 'preview'> & { readonly found: CasePreview };

function CaseLine({ found, dataset, skipped, onSkip }: CaseLineProps) {
  const { name, storable } = found;
  const isSkipped = skipped.has(name);
  const toggle = () => {
    const next = new Set(skipped);
    if (!next.delete(name)) next.add(name);
    onSkip?.(next);
  };
  return (
    <Table.Tr className={isSkipped || !storable ? classes.skipped : undefined}>
      {onSkip && (
        <Table.Td>
          <Checkbox
            size="xs"
            aria-label={text.imports.keepNamed(name)}
            checked={storable && !isSkipped}
            disabled={!storable}
            onChange={toggle}
          />
        </Table.Td>
      )}
      <Table.Td fw={600} style={{ whiteSpace: 'nowrap' }}>
        {name}
      </Table.Td>
      <Table.Td>
        <SequenceBadges sequences={dataset.sequences} present={Object.keys(found.images)} />
      </Table.Td>
      <Table.Td>{found.reference ? text.imports.yes : text.imports.no}</Table.Td>
      <Table.Td>{Object.keys(found.raters).join(', ') || text.imports.no}</Table.Td>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>{found.grid ? found.grid.shape.join(' × ') : text.imports.no}</Table.Td>
      <Table.Td>
        <CaseState found={found} isSkipped={isSkipped} />
      </Table.Td>
    </Table.Tr>
  );
}

function CaseState({ found, isSkipped }: { readonly found: CasePreview; readonly isSkipped: boolean }) {
  if (!found.storable) return <Badge miw="max-content" color="red">{text.imports.states.refused}</Badge>;
  if (isSkipped) return <Badge miw="max-content" color="gray">{text.imports.skipped}</Badge>;
  if (found.replaces) return <Badge miw="max-content" color="yellow">{text.imports.states.replaces}</Badge>;
  return <Badge miw="max-content" color="teal">{text.imports.states.stored}</Badge>;
}

function Ignored({ files }: { readonly files: Preview['ignored'] }) {
  const [opened, { toggle }] = useDisclosure();
  return (
    <div>
      <UnstyledButton onClick={toggle} aria-expanded={opened}>
        <Group gap={6} c="dimmed" fz="sm">
          {opened ? <IconChevronDown size={14} aria-hidden /> : <IconChevronRight size={14} aria-hidden />}
          {text.imports.ignored(files.length)}
        </Group>
      </UnstyledButton>
      <Collapse in={opened}>
        <Table mt={6} className={classes.report ?? ''}>
          <Table.Tbody>
            {files.map(({ file, reason }) => (
              <Table.Tr key={file}>
                <Table.Td className={classes.path}>{file}</Table.Td>
                <Table.Td c="dimmed">{reason}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Collapse>
    </div>
  );
}
