import { Button, Checkbox, Loader, NativeSelect, Slider, Switch } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

import { asProblem } from '~/api/problem';
import { toggled } from '~/viewer';

import { ParameterFields } from '../organizer/consensus/ParameterFields';
import { typedOf } from '../organizer/consensus/parameters';
import { sourceColor } from './colors';
import { adjudicationQueries, type FusionMethod } from './queries';
import { useHere } from './roomContext';
import { text } from './text';
import { questionOf, type Tried } from './whatIf';
import { WhatIfResult } from './WhatIfResult';
import classes from './Adjudication.module.css';

/** A slider that is dragged asks once it rests. */
const PAUSE_MS = 400;
const MOST_WEIGHT = 3;

interface WhatIfProps {
  /** Where the tried fusion's labelmap lies; null shows none. */
  readonly onLabelmap: (url: string | null) => void;
}

/** Fuse otherwise, without keeping it: method, parameters, weights, raters left out. */
export function WhatIfSection(props: WhatIfProps) {
  const { adjudication } = useHere();
  const methods = useQuery(adjudicationQueries.fusionMethods());
  const offered = methods.data ?? [];
  const used = offered.find(({ key }) => key === adjudication.base.method) ?? offered[0];
  if (!used) return null;
  return <Trying {...props} methods={offered} used={used.key} />;
}

function Trying({ onLabelmap, methods, used }: WhatIfProps & { readonly methods: readonly FusionMethod[]; readonly used: string }) {
  const { adjudication } = useHere();
  const raters = adjudication.raters.map(({ key }) => key);
  const untouched: Tried = { method: used, typed: {}, weights: {}, leftOut: new Set() };
  const [tried, setTried] = useState(untouched);
  const [isAsked, setAsked] = useState(false);
  const [isShown, setShown] = useState(true);
  const method = methods.find(({ key }) => key === tried.method);
  const typed = tried.typed[tried.method] ?? (method ? typedOf(method) : {});
  const question = method ? questionOf(tried, method, typed, raters) : null;
  const [asked] = useDebouncedValue(JSON.stringify(question), PAUSE_MS);
  const answer = useQuery(
    adjudicationQueries.whatIf(adjudication.case.id, isAsked ? (JSON.parse(asked) as typeof question) : null),
  );
  const url = isAsked && isShown ? (answer.data?.labelmap ?? null) : null;
  useEffect(() => onLabelmap(url), [url, onLabelmap]);
  const change = (part: Partial<Tried>) => {
    setAsked(true);
    setTried({ ...tried, ...part });
  };
  const isWaiting = isAsked && question !== null && (answer.isFetching || JSON.stringify(question) !== asked);
  return (
    <section className={classes.section} aria-label={text.whatIf.title}>
      <h2 className={classes.heading}>{text.whatIf.title}</h2>
      <p className={classes.note}>{text.whatIf.hint}</p>
      <NativeSelect
        size="xs"
        label={text.whatIf.method}
        value={tried.method}
        data={methods.map(({ key, name }) => ({ value: key, label: name }))}
        onChange={({ currentTarget }) => change({ method: currentTarget.value })}
      />
      {method && method.parameters.length > 0 && (
        <ParameterFields
          method={method}
          typed={typed}
          onChange={(next) => change({ typed: { ...tried.typed, [method.key]: next } })}
        />
      )}
      <h3 className={classes.subheading}>{text.whatIf.weights}</h3>
      {raters.map((key) => (
        <Weight
          key={key}
          rater={key}
          weight={tried.weights[key] ?? 1}
          isLeftOut={tried.leftOut.has(key)}
          onWeight={(weight) => change({ weights: { ...tried.weights, [key]: weight } })}
          onLeaveOut={() => change({ leftOut: toggled(tried.leftOut, key) })}
        />
      ))}
      <div className={classes.asked} role="status">
        {isWaiting && (
          <>
            <Loader size={13} /> {text.whatIf.fusing}
          </>
        )}
        {question === null && <span className={classes.notice}>{tried.leftOut.size === raters.length ? text.whatIf.needTwo : text.whatIf.wrong}</span>}
      </div>
      {answer.error && !isWaiting && (
        <p className={classes.notice} role="alert">
          {asProblem(answer.error).message}
        </p>
      )}
      {isAsked && answer.data && (
        <>
          <Switch size="xs" label={text.whatIf.show} checked={isShown} onChange={() => setShown(!isShown)} />
          <WhatIfResult result={answer.data} isOld={isWaiting || answer.isError} />
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => {
              setTried(untouched);
              setAsked(false);
            }}
          >
            {text.whatIf.reset}
          </Button>
        </>
      )}
    </section>
  );
}

interface WeightProps {
  readonly rater: string;
  readonly weight: number;
  readonly isLeftOut: boolean;
  readonly onWeight: (weight: number) => void;
  readonly onLeaveOut: () => void;
}

function Weight({ rater, weight, isLeftOut, onWeight, onLeaveOut }: WeightProps) {
  return (
    <div className={classes.weight}>
      <i className={classes.line} style={{ background: sourceColor(rater) }} aria-hidden />
      <b>{rater}</b>
      <Slider
        size="sm"
        min={0}
        max={MOST_WEIGHT}
        step={0.1}
        value={weight}
        disabled={isLeftOut}
        label={null}
        thumbLabel={text.whatIf.weightOf(rater)}
        onChange={onWeight}
      />
      <span>{isLeftOut ? '–' : weight.toFixed(1)}</span>
      <Checkbox
        size="xs"
        label={text.whatIf.leftOut}
        aria-label={text.whatIf.leaveOut(rater)}
        checked={isLeftOut}
        onChange={onLeaveOut}
      />
    </div>
  );
}
