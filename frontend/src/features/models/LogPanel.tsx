import { Text } from '@mantine/core';
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { type UIEvent, useEffect, useRef } from 'react';

import { Query } from '~/ui';

import classes from './models.module.css';
import { type LogLine, modelQueries } from './queries';
import { text as words } from './runText';

const text = words.log;
/** So near to its end the reader follows it. */
const NEAR_END_PX = 40;

export function RunLog({ runId }: { readonly runId: string }) {
  return <LogPanel log={useQuery(modelQueries.runLog(runId))} />;
}

export function TrainingLog({ trainingId }: { readonly trainingId: string }) {
  return <LogPanel log={useQuery(modelQueries.trainingLog(trainingId))} />;
}

/** What a worker said, as it comes; who reads further up is left there. */
function LogPanel({ log }: { readonly log: UseQueryResult<LogLine[]> }) {
  return <Query of={log}>{(lines) => (lines.length === 0 ? <Text c="dimmed" size="sm">{text.empty}</Text> : <Lines lines={lines} />)}</Query>;
}

function Lines({ lines }: { readonly lines: readonly LogLine[] }) {
  const list = useRef<HTMLOListElement>(null);
  const follows = useRef(true);
  useEffect(() => {
    if (list.current && follows.current) list.current.scrollTop = list.current.scrollHeight;
  }, [lines]);
  const look = ({ currentTarget: { scrollHeight, scrollTop, clientHeight } }: UIEvent<HTMLOListElement>) => {
    follows.current = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
  };
  return (
    // The log scrolls, so that it can be reached and moved by keys.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <ol ref={list} className={classes.log} aria-label={text.label} tabIndex={0} onScroll={look}>
      {lines.map(({ id, at, level, text: said }) => (
        <li key={id} className={classes.line} data-level={level}>
          <time dateTime={at} className={classes.at}>
            {TIME.format(new Date(at))}
          </time>
          {said}
        </li>
      ))}
    </ol>
  );
}

const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
