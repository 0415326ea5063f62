import { Badge, Group } from '@mantine/core';

import classes from './data.module.css';
import { text } from './text';

interface SequenceBadgesProps {
  readonly sequences: readonly { readonly key: string; readonly name: string }[];
  readonly present: readonly string[];
}

/** The sequences of a case: filled where there is an image, dashed where it is missing. */
export function SequenceBadges({ sequences, present }: SequenceBadgesProps) {
  const known = new Set(sequences.map(({ key }) => key));
  const others = present.filter((key) => !known.has(key)).map((key) => ({ key, name: key }));
  return (
    <Group gap={4} wrap="nowrap" miw="max-content">
      {[...sequences, ...others].map(({ key, name }) =>
        present.includes(key) ? (
          <Badge key={key} size="sm" style={{ flex: 'none' }}>
            {name}
          </Badge>
        ) : (
          <Badge
            key={key}
            size="sm"
            color="red"
            variant="outline"
            className={classes.missing ?? ''}
            title={text.imports.missing(name)}
            aria-label={text.imports.missing(name)}
            style={{ flex: 'none' }}
          >
            {name}
          </Badge>
        ),
      )}
    </Group>
  );
}
