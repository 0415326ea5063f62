import { Anchor, Badge, Button, Group, Paper, Stack, Text, Tooltip } from '@mantine/core';
import { IconDownload, IconLock, IconPhotoOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'react-router';

import { queries } from '~/api/queries';
import type { Challenge, Phase, PhaseCase } from '~/api/types';
import { PhaseSelect } from '~/features/phase';
import { formatBytes } from '~/format';
import { type Column, EmptyState, Query, SortableTable } from '~/ui';

import classes from './DataTab.module.css';
import { spacing_mm } from './grid';
import { NoPhases } from './NoPhases';
import type { PhaseTabProps } from './phaseTab';
import { text } from './text';

export function DataTab({ challenge, phases, phase, onPhase }: PhaseTabProps) {
  if (!phase) return <NoPhases />;
  return (
    <Stack>
      <Group>
        <PhaseSelect phases={phases} value={phase} onChange={onPhase} />
      </Group>
      <PhaseData challenge={challenge} phase={phase} />
    </Stack>
  );
}

function PhaseData({ challenge, phase }: { readonly challenge: Challenge; readonly phase: Phase }) {
  const organizes = challenge.my_permissions.includes('dataset:view');
  const participates = challenge.my_permissions.includes('phase:data');
  if (!organizes && !phase.images_shared) return <Refused icon={<IconPhotoOff size={28} />} why={text.data.notShared} />;
  if (!organizes && !participates) return <Refused icon={<IconLock size={28} />} why={text.data.members} />;
  return <Cases phase={phase} />;
}

interface RefusedProps {
  readonly icon: ReactNode;
  readonly why: { readonly title: string; readonly sentence: string };
}

function Refused({ icon, why }: RefusedProps) {
  return (
    <EmptyState icon={icon} title={why.title}>
      {why.sentence}
    </EmptyState>
  );
}

function Cases({ phase }: { readonly phase: Phase }) {
  const cases = useQuery(queries.phaseCases(phase.id));
  return (
    <Query of={cases}>
      {({ results }) =>
        results.length === 0 ? (
          <Refused icon={<IconPhotoOff size={28} />} why={text.data.empty} />
        ) : (
          <Stack gap="xs">
            <Text size="sm" c="dimmed">
              {text.data.summary(results.length, formatBytes(totalBytes(results)))}
            </Text>
            <Paper style={{ overflow: 'hidden' }}>
              <SortableTable
                caption={text.data.caption(phase.title)}
                rows={results}
                columns={columnsOf(phase)}
                rowKey={({ id }) => id}
                initial={{ key: 'name', direction: 'ascending' }}
                minWidth={640}
              />
            </Paper>
          </Stack>
        )
      }
    </Query>
  );
}

function totalBytes(cases: readonly PhaseCase[]): number {
  return cases.flatMap(({ images }) => images).reduce((sum, { size_bytes }) => sum + size_bytes, 0);
}

function columnsOf(phase: Phase): Column<PhaseCase>[] {
  const heads = text.data.columns;
  const names = new Map(phase.dataset_version.sequences.map(({ key, name }) => [key, name]));
  const viewer = ({ id }: PhaseCase) => `/cases/${id}?phase=${phase.id}`;
  return [
    {
      key: 'image',
      header: heads.image,
      width: 76,
      render: (row) => (
        <Link to={viewer(row)} tabIndex={-1} aria-hidden>
          <img
            src={row.thumbnail_url}
            alt={text.data.thumbnail(row.name)}
            loading="lazy"
            className={classes.thumbnail}
            width={56}
            height={56}
          />
        </Link>
      ),
    },
    {
      key: 'name',
      header: heads.name,
      value: ({ name }) => name,
      render: (row) => (
        <Anchor component={Link} to={viewer(row)} fw={600}
          size="sm"
          style={{ whiteSpace: 'nowrap' }}
          aria-label={text.data.viewNamed(row.name)}
        >
          {row.name}
        </Anchor>
      ),
    },
    {
      key: 'sequences',
      header: heads.sequences,
      render: (row) => <Sequences row={row} names={names} />,
    },
    {
      key: 'grid',
      header: heads.grid,
      value: ({ grid }) => grid.shape.reduce((product, size) => product * size, 1),
      render: ({ grid }) => <Sizes sizes={grid.shape} />,
    },
    {
      key: 'spacing',
      header: heads.spacing,
      render: ({ grid }) => <Sizes sizes={spacing_mm(grid.affine).map((size) => Number(size.toFixed(2)))} />,
    },
  ];
}

function Sizes({ sizes }: { readonly sizes: readonly number[] }) {
  return <span className={classes.sizes}>{sizes.join(' × ')}</span>;
}

interface SequencesProps {
  readonly row: PhaseCase;
  readonly names: ReadonlyMap<string, string>;
}

function Sequences({ row, names }: SequencesProps) {
  return (
    <Group gap={6}>
      {row.images.map(({ sequence, url, size_bytes }) => {
        const name = names.get(sequence) ?? sequence;
        return (
          <Tooltip key={sequence} label={text.data.download(name, formatBytes(size_bytes))}>
            <Button
              component="a"
              href={url}
              download={`${row.name}_${sequence}.nii.gz`}
              size="compact-xs"
              variant="light"
              leftSection={<IconDownload size={12} aria-hidden />}
              aria-label={text.data.download(`${row.name} ${name}`, formatBytes(size_bytes))}
            >
              {name}
            </Button>
          </Tooltip>
        );
      })}
      {row.missing_sequences.map(({ key, name }) => (
        <Badge key={key} color="gray" variant="outline" className={classes.missing ?? ''}>
          {text.data.missing(name)}
        </Badge>
      ))}
    </Group>
  );
}
