import { NativeSelect, RangeSlider, SegmentedControl, Slider } from '@mantine/core';
import type { ReactNode } from 'react';

import { imageOrProblem, useSession, useStore, useViewer, type Volume } from '~/viewer';

import { windowRange } from './drags';
import { useStudio } from './studioContext';
import { text } from './text';
import { RADIUS_MM, TOOLS, usesBrush } from './toolset';
import classes from './Studio.module.css';

/** What the chosen tool can be told. */
export function ToolOptions() {
  const studio = useStudio();
  const state = useStore(studio.tools, (all) => all);
  const { tool, radius_mm, is3d, over, tolerance } = state;
  const notice = useStore(studio.notice, (words) => words);
  return (
    <section className={classes.section} aria-label={text.options}>
      <h3 className={classes.heading}>{TOOLS[tool].name}</h3>
      {tool === 'navigate' && <p className={classes.note}>{TOOLS.navigate.hint}.</p>}
      {usesBrush(tool) && (
        <Option name={text.size} value={`${radius_mm} mm`}>
          <Slider
            size="sm"
            min={RADIUS_MM.least}
            max={RADIUS_MM.most}
            step={0.5}
            value={radius_mm}
            label={null}
            thumbLabel={text.size}
            onChange={(value) => studio.choose({ radius_mm: value })}
          />
        </Option>
      )}
      {tool === 'threshold' && <RangeOption />}
      {tool === 'grow' && (
        <Option name={text.tolerance} value={`±${Math.round(100 * tolerance)} %`}>
          <Slider
            size="sm"
            min={0.01}
            max={0.5}
            step={0.01}
            value={tolerance}
            label={null}
            thumbLabel={text.tolerance}
            onChange={(value) => studio.choose({ tolerance: value })}
          />
        </Option>
      )}
      {tool !== 'navigate' && (
        <div className={classes.pair}>
          {tool !== 'lasso' && (
            <SegmentedControl
              size="xs"
              aria-label={text.depthName}
              value={is3d ? 'deep' : 'flat'}
              onChange={(value) => studio.choose({ is3d: value === 'deep' })}
              data={[
                { value: 'flat', label: text.depth.flat },
                { value: 'deep', label: text.depth.deep },
              ]}
            />
          )}
          <NativeSelect
            size="xs"
            aria-label={tool === 'eraser' ? text.overErase : text.over}
            value={over === null ? '' : String(over)}
            onChange={(event) => studio.choose({ over: event.currentTarget.value === '' ? null : Number(event.currentTarget.value) })}
            data={overChoices(studio.scheme.labels)}
          />
        </div>
      )}
      {notice && (
        <p className={classes.notice} role="alert">
          {notice}
        </p>
      )}
    </section>
  );
}

function overChoices(labels: readonly { readonly value: number; readonly name: string }[]) {
  return [
    { value: '', label: text.overAll },
    { value: '0', label: text.overBackground },
    ...labels.filter(({ value }) => value !== 0).map(({ value, name }) => ({ value: String(value), label: text.overOnly(name) })),
  ];
}

function RangeOption() {
  const studio = useStudio();
  const { content } = useSession();
  const range = useStore(studio.tools, (state) => state.range);
  const image = useViewer((state): Volume | null => {
    const chosen = content.images[state.slot];
    const found = chosen ? imageOrProblem(content, state, chosen) : null;
    return typeof found === 'string' ? null : found;
  });
  const name = useViewer((state) => content.images[state.slot]?.name ?? '');
  const [low, high] = image ? windowRange(image, range) : range;
  const words = `${name} ${text.rangeWords(range[0] <= 0 ? null : Math.round(low), range[1] >= 1 ? null : Math.round(high))}`;
  return (
    <Option name={text.range} value={words}>
      <RangeSlider
        size="sm"
        min={0}
        max={1}
        step={0.01}
        minRange={0.02}
        value={[range[0], range[1]]}
        label={null}
        thumbFromLabel={`${text.range}, from`}
        thumbToLabel={`${text.range}, to`}
        onChange={(value) => studio.choose({ range: value })}
      />
    </Option>
  );
}

interface OptionProps {
  readonly name: string;
  readonly value: string;
  readonly children: ReactNode;
}

export function Option({ name, value, children }: OptionProps) {
  return (
    <div className={classes.option}>
      <span className={classes.optionName}>
        {name} <b>{value}</b>
      </span>
      {children}
    </div>
  );
}
