import { Anchor, Group, VisuallyHidden } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link, useParams } from 'react-router';

import { Lines, Query, useDocumentTitle } from '~/ui';
import { CaseViewer } from '~/viewer';

import classes from '../cases/CasePage.module.css';
import { type AssignedCase, type Assignment, raterQueries } from './queries';
import { text } from './text';

/** The images of an assigned case with one's own labelmap, to look at. */
export function CaseView() {
  const { assignmentId = '' } = useParams();
  const assignment = useQuery(raterQueries.assignment(assignmentId));
  const found = useQuery(raterQueries.case(assignmentId));
  return (
    <div className={classes.page}>
      <Group className={classes.bar} gap="md" wrap="nowrap">
        <Anchor component={Link} to={`/rate/${assignmentId}`} size="sm" className={classes.back ?? ''}>
          <IconArrowLeft size={15} aria-hidden /> {text.page.toCase}
        </Anchor>
        <VisuallyHidden component="h1">{found.data?.name}</VisuallyHidden>
      </Group>
      <div className={classes.viewer} data-ready={assignment.data && found.data ? true : undefined}>
        <Query of={assignment} loading={<Lines count={3} height={120} />}>
          {(one) => (
            <Query of={found} loading={<Lines count={3} height={120} />}>
              {(images) => <Viewer assignment={one} found={images} />}
            </Query>
          )}
        </Query>
      </div>
    </div>
  );
}

function Viewer({ assignment: { annotation }, found }: { readonly assignment: Assignment; readonly found: AssignedCase }) {
  useDocumentTitle(found.name);
  const { id, head } = annotation;
  const overlays = useMemo(() => (head === 0 ? [] : [ownLabelmap(id, head, found)]), [id, head, found]);
  const missing = useMemo(() => found.missing.map(({ name }) => name), [found]);
  return <CaseViewer images={found.images} missing={missing} overlays={overlays} title={found.name} />;
}

function ownLabelmap(annotation: string, revision: number, { scheme }: AssignedCase) {
  const url = `/api/v1/annotations/${annotation}/labelmap/?revision=${revision}&unsure=drop`;
  return { key: 'own', name: text.page.mine, url, scheme, default_visible: true };
}
