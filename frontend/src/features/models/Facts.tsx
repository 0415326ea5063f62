import { Box, SimpleGrid, Text } from '@mantine/core';
import type { ReactNode } from 'react';

import classes from './models.module.css';

export interface Fact {
  readonly term: string;
  readonly value: ReactNode;
}

interface FactsProps {
  readonly facts: readonly Fact[];
  /** Columns on a wide page; a narrow one has two. */
  readonly columns?: number;
}

/** Terms with what they are, in columns. */
export function Facts({ facts, columns = 4 }: FactsProps) {
  return (
    <SimpleGrid component="dl" cols={{ base: 2, sm: Math.min(3, columns), md: columns }} spacing="md" verticalSpacing="sm" m={0}>
      {facts.map(({ term, value }) => (
        <Box key={term} miw={0}>
          <Text component="dt" size="xs" c="dimmed">
            {term}
          </Text>
          <Text component="dd" size="sm" m={0} className={classes.value ?? ''}>
            {value}
          </Text>
        </Box>
      ))}
    </SimpleGrid>
  );
}
