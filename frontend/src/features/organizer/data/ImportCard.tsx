import { Alert, Badge, Button, Group, Loader, Paper, Progress, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { modals } from '@mantine/modals';
import { IconRefresh, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';

import { answered, api } from '~/api/client';
import { keys } from '~/api/queries';
import { percentDone } from '~/format';
import { Query, Time } from '~/ui';

import { type Dataset, type Import, type ImportStatus, type ImportSummary, organizerKeys, organizerQueries } from '../queries';
import { text as shared } from '../text';
import { useAction } from '../useAction';
import { ImportConfirm } from './ImportConfirm';
import { ImportPreview } from './ImportPreview';
import { ReportPanel } from './ReportPanel';
import { text } from './text';

const COLORS: Readonly<Record<ImportStatus, string>> = {
  received: 'petrol',
  inspected: 'yellow',
  refused: 'red',
  confirmed: 'petrol',
  stored: 'teal',
  discarded: 'gray',
  failed: 'orange',
};

const SHOWN_AT_ONCE: readonly ImportStatus[] = ['inspected', 'refused'];

interface ImportCardProps {
  readonly dataset: Dataset;
  readonly summary: ImportSummary;
}

/** One import, state by state, with the way out of each. */
export function ImportCard({ dataset, summary }: ImportCardProps) {
  const [opened, { toggle }] = useDisclosure(false);
  const { status } = summary;
  const forced = SHOWN_AT_ONCE.includes(status);
  const hasDetail = status === 'stored' || status === 'confirmed' || status === 'discarded' || status === 'failed';
  return (
    <Paper p="md">
      <Stack gap="sm">
        <Group justify="space-between" gap="xs">
          <Group gap="xs" style={{ minWidth: 0 }}>
            <Badge color={COLORS[status]}>{text.imports.status[status]}</Badge>
            <Text fw={600} size="sm" style={{ overflowWrap: 'anywhere' }}>
              {summary.archive_name}
            </Text>
            {status === 'received' && <Loader size={14} />}
          </Group>
          <Group gap="sm">
            <Text size="xs" c="dimmed">
              <Time iso={summary.created_at} /> {text.imports.by(summary.created_by.name)}
            </Text>
            {hasDetail && (
              <Button size="compact-xs" variant="subtle" onClick={toggle} aria-expanded={opened}>
                {opened ? text.imports.hide : text.imports.show}
              </Button>
            )}
          </Group>
        </Group>
        <StateLine dataset={dataset} summary={summary} />
        {(forced || (opened && hasDetail)) && <Detail dataset={dataset} summary={summary} />}
      </Stack>
    </Paper>
  );
}

function StateLine({ dataset, summary }: ImportCardProps) {
  const { status, done, total, version_number, reason } = summary;
  switch (status) {
    case 'received':
      return <Line>{text.imports.inspecting}</Line>;
    case 'confirmed':
      return (
        <Stack gap={4}>
          <Progress value={percentDone(done, total)} animated aria-label={text.imports.storing(done, total)} />
          <Line>{text.imports.storing(done, total)}</Line>
        </Stack>
      );
    case 'stored':
      return <Line>{version_number == null ? reason || text.imports.storedUnchanged : text.imports.storedAs(version_number)}</Line>;
    case 'refused':
    case 'failed':
      return (
        <Alert color={status === 'refused' ? 'red' : 'orange'}>
          <Stack gap="sm" align="flex-start">
            <Text size="sm">{reason}</Text>
            <Group gap="xs">
              {status === 'failed' && <Retry dataset={dataset} summary={summary} />}
              <Discard dataset={dataset} summary={summary} />
            </Group>
          </Stack>
        </Alert>
      );
    case 'inspected':
    case 'discarded':
      return null;
  }
}

function Line({ children }: { readonly children: React.ReactNode }) {
  return (
    <Text size="sm" c="dimmed">
      {children}
    </Text>
  );
}

function Detail({ dataset, summary }: ImportCardProps) {
  const found = useQuery(organizerQueries.import(summary.id));
  return <Query of={found}>{(one) => <DetailOf dataset={dataset} found={one} />}</Query>;
}

function DetailOf({ dataset, found }: { readonly dataset: Dataset; readonly found: Import }) {
  const waiting = found.status === 'inspected';
  return (
    <Stack gap="md">
      {waiting ? (
        <ImportConfirm dataset={dataset} found={found} discard={<Discard dataset={dataset} summary={found} />} />
      ) : (
        found.preview && <ImportPreview preview={found.preview} dataset={dataset} skipped={new Set(found.skip_cases)} />
      )}
      {!isSaidAlready(found) && <ReportPanel findings={found.report} />}
    </Stack>
  );
}

/** The reason of a refusal is often its only finding. */
function isSaidAlready({ report, reason }: Import): boolean {
  return report.length === 1 && report[0]?.sentence === reason;
}

function Discard({ dataset, summary }: ImportCardProps) {
  const discard = useAction(
    () => answered(api.POST('/api/v1/imports/{import_id}/discard/', { params: { path: { import_id: summary.id } } })),
    { stale: staleOf(dataset, summary), done: () => text.imports.discarded },
  );
  const ask = () =>
    modals.openConfirmModal({
      title: text.imports.discardTitle(summary.archive_name),
      children: text.imports.discardSentence,
      labels: { confirm: text.imports.discard, cancel: shared.cancel },
      confirmProps: { color: 'red' },
      onConfirm: () => discard.mutate(undefined),
    });
  return (
    <Button variant="default" loading={discard.isPending} onClick={ask} leftSection={<IconTrash size={15} aria-hidden />}>
      {text.imports.discard}
    </Button>
  );
}

function Retry({ dataset, summary }: ImportCardProps) {
  const retry = useAction(
    () => answered(api.POST('/api/v1/imports/{import_id}/retry/', { params: { path: { import_id: summary.id } } })),
    { stale: staleOf(dataset, summary), done: () => text.imports.retried },
  );
  return (
    <Button loading={retry.isPending} onClick={() => retry.mutate(undefined)} leftSection={<IconRefresh size={15} aria-hidden />}>
      {text.imports.retry}
    </Button>
  );
}

function staleOf(dataset: Dataset, { id }: ImportSummary) {
  return [keys.dataset(dataset.id), organizerKeys.import(id)];
}
