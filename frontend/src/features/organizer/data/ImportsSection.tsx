import { Collapse, Group, Stack, Title, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';

import { useSession } from '~/session';

import { type Dataset, type ImportSummary, organizerQueries } from '../queries';
import { ArchiveBox } from './ArchiveBox';
import { ImportCard } from './ImportCard';
import { text } from './text';

/** Where archives come in, and what became of each. */
export function ImportsSection({ dataset }: { readonly dataset: Dataset }) {
  const { user } = useSession();
  const imports = useQuery(organizerQueries.imports(dataset.id));
  const [latest, ...older] = imports.data ?? [];
  const pending = older.filter(isPending);
  const rest = older.filter((one) => !isPending(one));
  return (
    <Stack gap="sm" component="section">
      <Title order={2}>{text.imports.title}</Title>
      {user && <ArchiveBox dataset={dataset} userId={user.id} />}
      {[...(latest ? [latest] : []), ...pending].map((one) => (
        <ImportCard key={one.id} dataset={dataset} summary={one} />
      ))}
      {rest.length > 0 && <Older dataset={dataset} imports={rest} />}
    </Stack>
  );
}

function isPending({ status }: ImportSummary): boolean {
  return status === 'received' || status === 'inspected' || status === 'confirmed' || status === 'failed';
}

function Older({ dataset, imports }: { readonly dataset: Dataset; readonly imports: readonly ImportSummary[] }) {
  const [opened, { toggle }] = useDisclosure();
  return (
    <>
      <UnstyledButton onClick={toggle} aria-expanded={opened}>
        <Group gap={6} c="dimmed" fz="sm">
          {opened ? <IconChevronDown size={14} aria-hidden /> : <IconChevronRight size={14} aria-hidden />}
          {text.imports.older(imports.length)}
        </Group>
      </UnstyledButton>
      <Collapse in={opened}>
        <Stack gap="sm">
          {opened && imports.map((one) => <ImportCard key={one.id} dataset={dataset} summary={one} />)}
        </Stack>
      </Collapse>
    </>
  );
}
