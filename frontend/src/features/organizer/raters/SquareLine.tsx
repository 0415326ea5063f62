import { UnstyledButton } from '@mantine/core';
import { type KeyboardEvent, useRef, useState } from 'react';

import type { Assignment } from '../queries';
import { type Cell, isOverdue, nextCell, type ProgressRow, stateOf } from './progress';
import classes from './raters.module.css';
import { text } from './text';

interface SquareLineProps {
  readonly row: ProgressRow;
  readonly onChoose: (assignment: Assignment) => void;
}

/** A rater's cases as squares: one stop of the tab key, the arrow keys move within. */
export function SquareLine({ row, onChoose }: SquareLineProps) {
  const [at, setAt] = useState(0);
  const line = useRef<HTMLDivElement>(null);
  const { rater, submitted, assigned, cells } = row;
  const onKeyDown = (event: KeyboardEvent) => {
    const next = nextCell(event.key, at, cells.length);
    if (next === null) return;
    event.preventDefault();
    setAt(next);
    (line.current?.children[next] as HTMLElement | undefined)?.focus();
  };
  return (
    <div
      ref={line}
      className={classes.squares}
      role="toolbar"
      tabIndex={-1}
      aria-label={text.rowLabel(rater.name, submitted, assigned)}
      onKeyDown={onKeyDown}
    >
      {cells.map((cell, index) => (
        <Square
          key={cell.caseName}
          cell={cell}
          isStop={index === at}
          onChoose={(assignment) => {
            setAt(index);
            onChoose(assignment);
          }}
        />
      ))}
    </div>
  );
}

interface SquareProps {
  readonly cell: Cell;
  readonly isStop: boolean;
  readonly onChoose: (assignment: Assignment) => void;
}

function Square({ cell, isStop, onChoose }: SquareProps) {
  const state = stateOf(cell);
  const { assignment, caseName } = cell;
  const overdue = assignment !== null && isOverdue(assignment, new Date());
  const said = state === 'unassigned' ? text.unassigned : text.states[state];
  const label = text.square(caseName, overdue ? `${said}, ${text.overdue}` : said);
  return (
    <UnstyledButton
      className={classes.square}
      data-state={state}
      data-overdue={overdue || undefined}
      aria-label={label}
      title={label}
      tabIndex={isStop ? 0 : -1}
      aria-disabled={assignment === null}
      onClick={() => assignment && onChoose(assignment)}
    />
  );
}
