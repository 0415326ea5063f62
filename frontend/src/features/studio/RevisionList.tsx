import { memo, useCallback, useEffect, useRef } from 'react';

import { formatVolume_ml, useStore } from '~/viewer';

import { shownTool, useLabelEditor } from '../drawing';
import type { LogStep } from './editServer';
import type { Review } from './review';
import { text } from './text';
import classes from './Review.module.css';

/** The whole log, the latest first; a click shows what there was after a step. */
export function RevisionList({ review }: { readonly review: Review }) {
  const at = useStore(review.state, (state) => state.at);
  const show = useCallback(
    (number: number) => {
      review.pause();
      void review.go(number);
    },
    [review],
  );
  const redone = new Set(review.steps.filter(({ undoes }) => undoes !== null).map(({ edit_id }) => edit_id));
  return (
    <ol className={classes.revisions} aria-label={text.review.list}>
      {[...review.steps].reverse().map((step) => (
        <Row
          key={step.number}
          number={step.number}
          step={step}
          isRedo={step.undoes !== null && redone.has(step.undoes)}
          isShown={step.number === at}
          onShow={show}
        />
      ))}
      <Row number={0} step={null} isRedo={false} isShown={at === 0} onShow={show} />
    </ol>
  );
}

interface RowProps {
  readonly number: number;
  /** Null for what there was before the first. */
  readonly step: LogStep | null;
  readonly isRedo: boolean;
  readonly isShown: boolean;
  readonly onShow: (number: number) => void;
}

const Row = memo(function Row({ number, step, isRedo, isShown, onShow }: RowProps) {
  const editor = useLabelEditor();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isShown) button.current?.scrollIntoView({ block: 'nearest' });
  }, [isShown]);
  const [x, y, z] = editor.drawing.labelmap.spacing_mm;
  const color = step?.label == null ? undefined : { background: editor.color(step.label) };
  return (
    <li className={classes.row}>
      <button ref={button} type="button" className={classes.revision} aria-current={isShown} onClick={() => onShow(number)}>
        <span className={classes.number}>{number}</span>
        <i className={classes.swatch} style={color} aria-hidden />
        <span className={classes.what}>{step ? nameOf(step, isRedo) : text.review.beginning}</span>
        <span className={classes.size}>{step?.kind === 'edit' && formatVolume_ml((step.voxels_changed * x * y * z) / 1000)}</span>
        {step && <Clock iso={step.created_at} />}
      </button>
    </li>
  );
});

function nameOf({ kind, tool, undoes, note }: LogStep, isRedo: boolean): string {
  if (kind !== 'edit') return note || text.review.kinds[kind];
  if (undoes === null) return shownTool(tool);
  return isRedo ? text.review.redid(shownTool(tool)) : text.review.undid(shownTool(tool));
}

/** The time of today, the day of before. */
function Clock({ iso }: { readonly iso: string }) {
  const when = new Date(iso);
  const isToday = when.toDateString() === new Date().toDateString();
  const shown = isToday
    ? when.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
    : when.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
  return (
    <time className={classes.when} dateTime={iso} title={when.toLocaleString('en-GB')}>
      {shown}
    </time>
  );
}
