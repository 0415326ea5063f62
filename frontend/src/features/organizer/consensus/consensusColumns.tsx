import { ActionIcon, Anchor, Badge, Group, Text, Tooltip } from '@mantine/core';
import { IconArrowsJoin, IconEye } from '@tabler/icons-react';
import { Link } from 'react-router';

import { type Column, RegionLabel, ScoreCell } from '~/ui';

import { AdjudicateButton } from '../../adjudication/AdjudicateButton';
import { SignedNote } from '../../adjudication/SignedNote';
import { text as adjudication } from '../../adjudication/text';
import { useSigned } from '../../adjudication/useSigned';
import classes from '../data/data.module.css';
import { ProgressMark } from '../data/ProgressMark';
import type { CaseConsensus, FusionMethod, LabelScheme } from '../queries';
import { type CaseState, type NameOf, stateOf } from './agreement';
import { LeaveOneOutPopover } from './LeaveOneOutPopover';
import { text } from './text';
import { VersionsPopover } from './VersionsPopover';

interface Context {
  readonly datasetId: string;
  readonly scheme: LabelScheme;
  readonly methods: readonly FusionMethod[];
  readonly nameOf: NameOf;
  readonly onFuse: (row: CaseConsensus) => void;
}

const COLORS: Readonly<Record<CaseState, string>> = { fused: 'teal', adjudicated: 'teal', refused: 'red', ready: 'yellow', waiting: 'gray' };

export function consensusColumns({ datasetId, scheme, methods, nameOf, onFuse }: Context): Column<CaseConsensus>[] {
  const heads = text.cases.columns;
  return [
    {
      key: 'image',
      header: heads.image,
      width: 72,
      render: ({ case: found, head }) => (
        <Link to={`/cases/${found.id}`} tabIndex={-1} aria-hidden>
          <img
            src={head?.thumbnail_url ?? found.thumbnail_url}
            alt={text.cases.thumbnail(found.name)}
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
      value: ({ case: found }) => found.name,
      render: ({ case: found }) => (
        <Anchor component={Link} to={`/cases/${found.id}`} fw={600} size="sm" style={{ whiteSpace: 'nowrap' }}>
          {found.name}
        </Anchor>
      ),
    },
    { key: 'head', header: heads.head, value: ({ head }) => head?.number ?? null, render: (row) => <VersionsPopover row={row} methods={methods} /> },
    {
      key: 'submitted',
      header: heads.submitted,
      value: ({ annotation }) => annotation.submitted,
      render: ({ annotation }) => <ProgressMark progress={annotation} />,
    },
    ...scheme.regions.map(({ key, name }, position): Column<CaseConsensus> => ({
      key: `region-${key}`,
      header: <RegionLabel regionKey={key} name={name} position={position} />,
      label: name,
      numeric: true,
      firstDirection: 'ascending',
      value: (row) => agreementOf(row, key),
      render: (row) =>
        agreementOf(row, key) === null ? (
          text.cases.none
        ) : (
          <ScoreCell value={agreementOf(row, key)} region={{ key, position }} />
        ),
    })),
    {
      key: 'loo',
      header: heads.looser,
      render: ({ case: found, head }) => (
        <LeaveOneOutPopover
          caseName={found.name}
          entries={head?.provenance.leave_one_out ?? []}
          regions={scheme.regions}
          nameOf={nameOf}
        />
      ),
    },
    { key: 'state', header: heads.state, value: stateOf, render: (row) => <State row={row} datasetId={datasetId} /> },
    { key: 'actions', header: heads.actions, render: (row) => <Actions row={row} datasetId={datasetId} onFuse={onFuse} /> },
  ];
}

function agreementOf({ head }: CaseConsensus, region: string): number | null {
  return head?.provenance.agreement.mean_pairwise_dice[region] ?? null;
}

function State({ row, datasetId }: { readonly row: CaseConsensus } & Pick<Context, 'datasetId'>) {
  const state = stateOf(row);
  return (
    <>
      <Badge color={COLORS[state]} miw="max-content">{text.cases[state]}</Badge>
      {row.refusal && (
        <Text size="xs" c="var(--bad)" mt={2} maw={280}>
          {row.refusal.reason}
        </Text>
      )}
      {row.head && <SignedNote datasetId={datasetId} version={row.head.id} />}
    </>
  );
}

function Actions({ row, datasetId, onFuse }: { readonly row: CaseConsensus } & Pick<Context, 'datasetId' | 'onFuse'>) {
  const { case: found, annotation, head } = row;
  const signed = useSigned(datasetId, head?.id);
  const raters = head && head.provenance.raters.length;
  const fuse = head ? text.cases.fuseAgain : text.cases.fuse;
  return (
    <Group gap={4} wrap="nowrap" justify="flex-end">
      <Tooltip label={text.cases.view}>
        <ActionIcon component={Link} to={`/cases/${found.id}`} aria-label={`${text.cases.view}: ${found.name}`}>
          <IconEye size={17} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <AdjudicateButton datasetId={datasetId} found={found} reason={adjudication.list.notYet(raters, head?.method === 'imported')} />
      {annotation.submitted > 0 && (
        <Tooltip label={signed ? adjudication.signedHead.hint(found.name) : fuse} multiline maw={260}>
          <ActionIcon
            aria-label={text.cases.fuseNamed(found.name)}
            data-disabled={signed !== null || undefined}
            aria-disabled={signed !== null}
            onClick={() => signed === null && onFuse(row)}
          >
            <IconArrowsJoin size={17} aria-hidden />
          </ActionIcon>
        </Tooltip>
      )}
    </Group>
  );
}
