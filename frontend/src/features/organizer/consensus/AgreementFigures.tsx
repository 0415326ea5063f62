import { Paper, Text } from '@mantine/core';

import { formatScore } from '~/format';

import type { DatasetAgreement } from '../queries';
import { formatKappa } from './agreement';
import classes from './consensus.module.css';
import { text } from './text';

interface AgreementFiguresProps {
  readonly agreement: DatasetAgreement;
  readonly region: string;
}

/** Each measure of agreement as one number, and what it says. */
export function AgreementFigures({ agreement, region }: AgreementFiguresProps) {
  const found = agreement.regions.find(({ region: key }) => key === region);
  if (!found) return null;
  const { figures } = text;
  return (
    <Paper className={classes.figures} component="dl" m={0}>
      <Figure {...figures.pairwise} mean={found.pairwise_dice} format={formatScore} />
      <Figure {...figures.leaveOneOut} mean={found.leave_one_out_dice} format={formatScore} />
      <Figure {...figures.conformity} mean={found.conformity_index} format={formatScore} />
      <Figure {...figures.cohen} mean={found.cohen_kappa} format={formatKappa} />
      <Figure {...figures.fleiss} mean={agreement.fleiss_kappa} format={formatKappa} />
      <Figure {...figures.fleissLabelled} mean={agreement.fleiss_kappa_labelled} format={formatKappa} />
    </Paper>
  );
}

interface FigureProps {
  readonly name: string;
  readonly means: string;
  readonly mean: DatasetAgreement['fleiss_kappa'];
  readonly format: (value: number | null) => string;
}

function Figure({ name, means, mean, format }: FigureProps) {
  return (
    <div className={classes.figure}>
      <Text component="dt" size="sm" fw={600}>
        {name}
      </Text>
      <dd style={{ margin: 0 }}>
        <span className={classes.value}>{format(mean.value)}</span>{' '}
        <Text span size="xs" c="dimmed">
          {mean.cases > 0 && text.figures.over(mean.cases)}
        </Text>
        <Text size="xs" c="dimmed">
          {means}
        </Text>
      </dd>
    </div>
  );
}
