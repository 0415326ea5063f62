import { ActionIcon, Anchor, Group, Text, Tooltip, VisuallyHidden } from '@mantine/core';
import { IconArrowLeft, IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo } from 'react';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';

import { queries } from '~/api/queries';
import type { CaseDetail, CaseOverlay } from '~/api/types';
import { Lines, Query, useDocumentTitle } from '~/ui';
import { CaseViewer } from '~/viewer';

import { voxelIn } from './address';
import classes from './CasePage.module.css';
import { errorPairs, shownAtFirst } from './errorPairs';
import { text } from './text';

export function CasePage() {
  const { caseId = '' } = useParams();
  const [search] = useSearchParams();
  const submissionId = search.get('submission');
  const found = useQuery(queries.case(caseId));
  const overlays = useQuery(queries.overlays(caseId, submissionId));
  return (
    <div className={classes.page}>
      <CaseBar caseId={caseId} submissionId={submissionId} phaseId={search.get('phase')} name={found.data?.name ?? ''} />
      <div className={classes.viewer} data-ready={found.data && overlays.data ? true : undefined}>
        <Query of={found} loading={<Lines count={3} height={120} />}>
          {(one) => (
            <Query of={overlays} loading={<Lines count={3} height={120} />}>
              {(over) => <Viewer key={`${one.id} ${submissionId} ${search.get('voxel')}`} found={one} overlays={over} />}
            </Query>
          )}
        </Query>
      </div>
    </div>
  );
}

interface ViewerProps {
  readonly found: CaseDetail;
  readonly overlays: readonly CaseOverlay[];
}

function Viewer({ found, overlays }: ViewerProps) {
  useDocumentTitle(found.name);
  const [search] = useSearchParams();
  const first = shownAtFirst(overlays, search.get('show'));
  const laidOver = useMemo(
    () => overlays.map((overlay) => ({ ...overlay, default_visible: overlay.key === first })),
    [overlays, first],
  );
  const pairs = useMemo(() => errorPairs(overlays, text.errorPair), [overlays]);
  const missing = useMemo(() => found.missing.map(({ name }) => name), [found.missing]);
  return (
    <CaseViewer
      images={found.images}
      missing={missing}
      overlays={laidOver}
      error_pairs={pairs}
      title={found.name}
      opensAt={voxelIn(search)}
    />
  );
}

interface CaseBarProps {
  readonly caseId: string;
  readonly submissionId: string | null;
  readonly phaseId: string | null;
  readonly name: string;
}

/** Where one came from, and the neighbours. */
function CaseBar({ caseId, submissionId, phaseId, name }: CaseBarProps) {
  const phase = useQuery({ ...queries.phase(phaseId ?? ''), enabled: phaseId !== null });
  const cases = useQuery({ ...queries.phaseCases(phaseId ?? ''), enabled: phaseId !== null });
  const back = backLink(submissionId, phase.data?.challenge.slug ?? null, phase.data?.slug ?? null);
  return (
    <Group className={classes.bar} gap="md" wrap="nowrap">
      <Anchor component={Link} to={back.to} size="sm" className={classes.back ?? ''}>
        <IconArrowLeft size={15} aria-hidden /> {back.label}
      </Anchor>
      <VisuallyHidden component="h1">{name}</VisuallyHidden>
      {cases.data && <Neighbours caseId={caseId} ids={cases.data.results.map(({ id }) => id)} />}
    </Group>
  );
}

function backLink(submissionId: string | null, slug: string | null, phaseSlug: string | null) {
  if (submissionId) return { to: `/submissions/${submissionId}`, label: text.back.submission };
  if (slug) return { to: `/challenges/${slug}/data?phase=${phaseSlug}`, label: text.back.data };
  return { to: '/', label: text.back.challenges };
}

function Neighbours({ caseId, ids }: { readonly caseId: string; readonly ids: readonly string[] }) {
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const index = ids.indexOf(caseId);
  if (index < 0) return null;
  const step = (by: number, label: string, icon: ReactNode) => {
    const id = ids[index + by];
    return (
      <Tooltip label={label}>
        <ActionIcon
          aria-label={label}
          disabled={!id}
          onClick={() => void navigate({ pathname: `/cases/${id}`, search: `?${search}` }, { replace: true })}
        >
          {icon}
        </ActionIcon>
      </Tooltip>
    );
  };
  return (
    <Group gap={4} wrap="nowrap" ml="auto">
      {step(-1, text.previous, <IconChevronLeft size={18} aria-hidden />)}
      <Text size="sm" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
        {text.position(index + 1, ids.length)}
      </Text>
      {step(1, text.next, <IconChevronRight size={18} aria-hidden />)}
    </Group>
  );
}
