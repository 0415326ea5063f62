import { Anchor, Badge, Group, Text } from '@mantine/core';
import { Link } from 'react-router';

import type { Column } from '~/ui';

import type { CaseRow, Dataset } from '../queries';
import classes from './data.module.css';
import { FindingsPopover } from './FindingsPopover';
import { ProgressMark } from './ProgressMark';
import { SequenceBadges } from './SequenceBadges';
import { text } from './text';

/** How an organizer sees a case in a line. */
export function caseColumns(dataset: Dataset): Column<CaseRow>[] {
  const heads = text.cases.columns;
  return [
    {
      key: 'image',
      header: heads.image,
      width: 72,
      render: (row) => (
        <Link to={`/cases/${row.id}`} tabIndex={-1} aria-hidden>
          <img
            src={row.thumbnail_url}
            alt={text.cases.thumbnail(row.name)}
            loading="lazy"
            width={52}
            height={52}
            className={classes.thumbnail}
          />
        </Link>
      ),
    },
    {
      key: 'name',
      header: heads.name,
      value: ({ name }) => name,
      render: ({ id, name }) => (
        <Anchor component={Link} to={`/cases/${id}`} fw={600} size="sm" style={{ whiteSpace: 'nowrap' }}>
          {name}
        </Anchor>
      ),
    },
    {
      key: 'grid',
      header: heads.grid,
      value: ({ grid }) => grid.shape.reduce((product, size) => product * size, 1),
      render: ({ grid }) => (
        <>
          <Text size="sm" style={{ whiteSpace: 'nowrap' }}>
            {grid.shape.join(' × ')}
          </Text>
          <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
            {grid.spacing_mm.map((size) => Number(size.toFixed(2))).join(' × ')} mm, {grid.orientation}
          </Text>
        </>
      ),
    },
    {
      key: 'sequences',
      header: heads.sequences,
      value: (row) => imagesOf(row).length,
      render: (row) => (
        <Group gap={4} wrap="nowrap">
          <SequenceBadges sequences={dataset.sequences} present={imagesOf(row)} />
          {row.files.some(({ kind }) => kind === 'reference') && (
            <Badge size="sm" color="grape" style={{ flex: 'none' }}>
              {text.cases.reference}
            </Badge>
          )}
        </Group>
      ),
    },
    {
      key: 'findings',
      header: heads.findings,
      value: (row) => findingsOf(row).length,
      firstDirection: 'descending',
      render: (row) => <FindingsPopover name={row.name} findings={findingsOf(row)} />,
    },
    {
      key: 'annotation',
      header: heads.annotation,
      value: ({ annotation }) => annotation.submitted,
      render: ({ annotation }) => <ProgressMark progress={annotation} />,
    },
    {
      key: 'consensus',
      header: heads.consensus,
      value: ({ consensus }) => consensus?.number ?? null,
      render: ({ consensus }) =>
        consensus ? (
          <Badge color="teal" title={consensus.method}>
            {text.cases.head(consensus.number)}
          </Badge>
        ) : (
          text.cases.noConsensus
        ),
    },
  ];
}

function imagesOf({ files }: CaseRow): string[] {
  return files.filter(({ kind }) => kind === 'image').map(({ sequence }) => sequence);
}

function findingsOf({ files, findings }: CaseRow) {
  const ofFiles = files.flatMap(({ filename, findings: own }) => own.map((finding) => ({ ...finding, file: filename })));
  return [...findings.map((finding) => ({ ...finding, file: '' })), ...ofFiles];
}
