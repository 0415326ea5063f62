import { ActionIcon, Progress, Switch, Tooltip, VisuallyHidden } from '@mantine/core';
import { IconCheck, IconChevronLeft, IconChevronRight, IconPencil } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';

import { useStore } from '~/viewer';

import { FUSED } from './addresses';
import { sourceColor } from './colors';
import type { ContestedRegion } from './queries';
import { RegionCard } from './RegionCard';
import { opinion, type Settled } from './regions';
import { useHere } from './roomContext';
import { shownSize } from './size';
import { text } from './text';
import classes from './Adjudication.module.css';

/** The contested regions, the weightiest first, with what each rater says; one of them is looked at. */
export function RegionsSection() {
  const { room } = useHere();
  const settled = useStore(room.settled, (all) => all);
  const current = useStore(room.current, (number) => number);
  const [onlyOpen, setOnlyOpen] = useState(false);
  const { regions } = room;
  if (regions.length === 0) {
    return (
      <section className={classes.section}>
        <h2 className={classes.heading}>{text.agree.title}</h2>
        <p className={classes.note}>{text.agree.sentence}</p>
      </section>
    );
  }
  const shown = onlyOpen ? regions.filter(({ number }) => !settled.has(number) || number === current) : regions;
  return (
    <section className={classes.section} aria-label={text.regions.title}>
      <div className={classes.regionsHead}>
        <h2 className={classes.heading}>
          <Tooltip label={text.regions.hint} multiline maw={280}>
            <span>{text.regions.title}</span>
          </Tooltip>
        </h2>
        <Stepper current={current} count={regions.length} />
      </div>
      <Progress
        size="xs"
        value={(100 * settled.size) / regions.length}
        aria-label={text.progress(settled.size, regions.length)}
      />
      <Switch
        size="xs"
        label={settled.size === regions.length ? text.regions.allSettled : text.regions.onlyOpen}
        checked={onlyOpen}
        onChange={({ currentTarget }) => setOnlyOpen(currentTarget.checked)}
      />
      <ol className={classes.regions}>
        {shown.map((region) => (
          <RegionRow
            key={region.number}
            region={region}
            settled={settled.get(region.number)}
            isCurrent={region.number === current}
          />
        ))}
      </ol>
    </section>
  );
}

function Stepper({ current, count }: { readonly current: number | null; readonly count: number }) {
  const { room } = useHere();
  const { previous, next, of, none } = text.regions;
  return (
    <div className={classes.stepper}>
      <Tooltip label={previous}>
        <ActionIcon size="sm" variant="subtle" color="gray" aria-label={previous} onClick={() => room.step(-1)}>
          <IconChevronLeft size={16} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <span aria-live="polite">{current === null ? none : of(current, count)}</span>
      <Tooltip label={next}>
        <ActionIcon size="sm" variant="subtle" color="gray" aria-label={next} onClick={() => room.step(1)}>
          <IconChevronRight size={16} aria-hidden />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

interface RowProps {
  readonly region: ContestedRegion;
  readonly settled: Settled | undefined;
  readonly isCurrent: boolean;
}

function RegionRow({ region, settled, isCurrent }: RowProps) {
  const { room, adjudication } = useHere();
  const { number, volume_ml, mean_entropy_bits } = region;
  const size = shownSize(region.voxels, volume_ml);
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isCurrent) row.current?.scrollIntoView({ block: 'nearest' });
  }, [isCurrent]);
  const most_bits = Math.log2(Math.max(2, adjudication.raters.length));
  return (
    <li ref={row} className={classes.region} data-current={isCurrent} data-state={settled?.state ?? 'open'}>
      <button
        type="button"
        className={classes.regionRow}
        aria-current={isCurrent}
        aria-expanded={isCurrent}
        onClick={() => room.goTo(number)}
      >
        <span className={classes.rank}>
          <VisuallyHidden>{text.regions.row}</VisuallyHidden> {number}
        </span>
        <span className={classes.volume}>
          {size.split(' ')[0]} <small>{size.split(' ')[1]}</small>
        </span>
        <span className={classes.entropy} title={`${text.regions.entropyHint}: ${text.regions.entropy(mean_entropy_bits)}`}>
          <i style={{ width: `${(100 * mean_entropy_bits) / most_bits}%` }} />
        </span>
        <Chips region={region} />
        <StateMark settled={settled} />
        <VisuallyHidden>{stateWords(settled)}</VisuallyHidden>
      </button>
      {isCurrent && <RegionCard region={region} settled={settled} />}
    </li>
  );
}

/** Of each source the label that most of the region has, in its colour. */
function Chips({ region }: { readonly region: ContestedRegion }) {
  const { room, adjudication } = useHere();
  return (
    <span className={classes.chips} aria-hidden>
      {adjudication.raters.map(({ key }) => {
        const label = opinion(region, key)[0]?.label ?? 0;
        return (
          <span key={key} className={classes.chip} style={label === 0 ? undefined : { background: room.editor.color(label) }} data-empty={label === 0}>
            {key}
          </span>
        );
      })}
    </span>
  );
}

function StateMark({ settled }: { readonly settled: Settled | undefined }) {
  const words = stateWords(settled);
  if (!settled) return <span className={classes.state} data-state="open" title={words} aria-hidden />;
  if (settled.state === 'painted') {
    return (
      <span className={classes.state} title={words} aria-hidden>
        <IconPencil size={13} />
      </span>
    );
  }
  return (
    <span className={classes.state} title={words} style={{ color: sourceColor(settled.source) }} aria-hidden>
      {settled.source === FUSED ? <IconCheck size={14} /> : settled.source}
    </span>
  );
}

function stateWords(settled: Settled | undefined): string {
  if (!settled) return text.regions.open;
  return settled.state === 'painted' ? text.regions.painted : text.regions.taken(settled.source);
}
