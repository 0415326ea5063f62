import { ActionIcon, Button, SegmentedControl, Slider, Tooltip } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import {
  IconArrowBackUp,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerSkipBack,
  IconPlayerSkipForward,
  IconPlayerTrackNext,
  IconPlayerTrackPrev,
  IconRestore,
} from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';

import { asProblem } from '~/api/problem';
import { useStore } from '~/viewer';

import { type Review, type Speed, SPEEDS } from './review';
import { RevisionList } from './RevisionList';
import { useStudio } from './studioContext';
import { text } from './text';
import classes from './Review.module.css';

/** Every revision there has been: look at any, watch how they came about, and go back to one. */
export function ReviewPanel({ review }: { readonly review: Review }) {
  const studio = useStudio();
  const { at, problem } = useStore(review.state, (state) => state);
  const head = review.steps.length;
  const restore = useMutation({
    mutationFn: () => studio.journal.restore(at),
    onSuccess: () => {
      studio.endReview();
      notifications.show({ message: text.review.restored(at) });
    },
  });
  useEffect(() => {
    const leave = ({ key, defaultPrevented }: KeyboardEvent) => {
      if (key === 'Escape' && !defaultPrevented) studio.endReview();
    };
    document.addEventListener('keydown', leave);
    return () => document.removeEventListener('keydown', leave);
  }, [studio]);
  const wrong = problem ?? (restore.error ? asProblem(restore.error).message : null);
  return (
    <section className={classes.review} aria-label={text.review.title}>
      <header className={classes.head}>
        <h3>{text.review.title}</h3>
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconArrowBackUp size={14} aria-hidden />}
          onClick={() => studio.endReview()}
        >
          {text.review.back}
        </Button>
      </header>
      <Transport review={review} />
      <Button
        size="xs"
        leftSection={<IconRestore size={15} aria-hidden />}
        disabled={at === head}
        loading={restore.isPending}
        onClick={() => restore.mutate()}
      >
        {at === head ? text.review.isHead : text.review.restore(at)}
      </Button>
      <p className={classes.note} role={wrong ? 'alert' : undefined} data-tone={wrong ? 'bad' : 'quiet'}>
        {wrong ?? text.review.readOnly}
      </p>
      <RevisionList review={review} />
    </section>
  );
}

function Transport({ review }: { readonly review: Review }) {
  const { at, isPlaying } = useStore(review.state, (state) => state);
  const [speed, setSpeed] = useState<Speed>(1);
  const head = review.steps.length;
  const go = (number: number) => {
    review.pause();
    void review.go(number);
  };
  return (
    <div className={classes.transport}>
      <div className={classes.buttons}>
        <Step name={text.review.first} disabled={at === 0} onClick={() => go(0)}>
          <IconPlayerSkipBack size={16} aria-hidden />
        </Step>
        <Step name={text.review.previous} disabled={at === 0} onClick={() => go(at - 1)}>
          <IconPlayerTrackPrev size={16} aria-hidden />
        </Step>
        {isPlaying ? (
          <Step name={text.review.pause} onClick={() => review.pause()}>
            <IconPlayerPause size={16} aria-hidden />
          </Step>
        ) : (
          <Step name={text.review.play} disabled={head === 0} onClick={() => void review.play(speed)}>
            <IconPlayerPlay size={16} aria-hidden />
          </Step>
        )}
        <Step name={text.review.next} disabled={at === head} onClick={() => go(at + 1)}>
          <IconPlayerTrackNext size={16} aria-hidden />
        </Step>
        <Step name={text.review.last} disabled={at === head} onClick={() => go(head)}>
          <IconPlayerSkipForward size={16} aria-hidden />
        </Step>
        <SegmentedControl
          size="xs"
          aria-label={text.review.speed}
          value={String(speed)}
          onChange={(value) => {
            const chosen = SPEEDS.find((one) => String(one) === value) ?? 1;
            setSpeed(chosen);
            if (isPlaying) void review.play(chosen);
          }}
          data={SPEEDS.map((one) => ({ value: String(one), label: `${one}×` }))}
        />
      </div>
      <Slider
        size="sm"
        min={0}
        max={Math.max(1, head)}
        disabled={head === 0}
        value={at}
        label={null}
        thumbLabel={text.review.shown}
        onChange={go}
      />
      <p className={classes.place}>{text.review.place(at, head)}</p>
    </div>
  );
}

interface StepProps {
  readonly name: string;
  readonly disabled?: boolean;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

function Step({ name, disabled = false, onClick, children }: StepProps) {
  return (
    <Tooltip label={name}>
      <ActionIcon variant="default" size="md" aria-label={name} disabled={disabled} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
