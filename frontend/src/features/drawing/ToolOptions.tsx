import { Checkbox, NativeSelect, RangeSlider, SegmentedControl, Slider, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';

import { imageOrProblem, slotsOf, useNameWithKey, useSession, useStore, useViewer, type Volume } from '~/viewer';

import { windowRange } from './drags';
import { useLabelEditor } from './editorContext';
import { text } from './text';
import { paintsLabels, RADIUS_MM, TOOLS, usesBrush } from './toolset';
import classes from './Drawing.module.css';

/** What the chosen tool can be told. */
export function ToolOptions() {
  const editor = useLabelEditor();
  const state = useStore(editor.tools, (all) => all);
  const { tool, radius_mm, is3d, over, tolerance } = state;
  const notice = useStore(editor.notice, (words) => words);
  const regionsName = useNameWithKey(text.regions, 'regions');
  const overName = useNameWithKey(tool === 'eraser' ? text.overErase : text.over, 'over');
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
            onChange={(value) => editor.choose({ radius_mm: value })}
          />
        </Option>
      )}
      {tool === 'unsure' && (
        <SegmentedControl
          size="xs"
          aria-label={text.marksName}
          value={state.marks}
          onChange={(value) => editor.choose({ marks: value as 'unsure' | 'sure' })}
          data={[
            { value: 'unsure', label: text.marks.unsure },
            { value: 'sure', label: text.marks.sure },
          ]}
        />
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
            onChange={(value) => editor.choose({ tolerance: value })}
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
              onChange={(value) => editor.choose({ is3d: value === 'deep' })}
              data={[
                { value: 'flat', label: text.depth.flat },
                { value: 'deep', label: text.depth.deep },
              ]}
            />
          )}
          <NativeSelect
            size="xs"
            aria-label={tool === 'eraser' ? text.overErase : text.over}
            title={overName}
            value={over === null ? '' : String(over)}
            onChange={(event) => editor.choose({ over: event.currentTarget.value === '' ? null : Number(event.currentTarget.value) })}
            data={overChoices(editor.scheme.labels)}
          />
        </div>
      )}
      {paintsLabels(tool) && editor.ringRules.length > 0 && (
        <Tooltip label={text.regionsHint} multiline maw={260} position="left">
          <Checkbox
            size="xs"
            label={regionsName}
            checked={state.keepRegions}
            onChange={(event) => editor.choose({ keepRegions: event.currentTarget.checked })}
          />
        </Tooltip>
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
  const editor = useLabelEditor();
  const { content } = useSession();
  const range = useStore(editor.tools, (state) => state.range);
  const image = useViewer((state): Volume | null => {
    const chosen = slotsOf(content)[state.slot];
    const found = chosen?.kind === 'image' ? imageOrProblem(content, state, chosen.image) : null;
    return typeof found === 'string' ? null : found;
  });
  const name = useViewer((state) => slotsOf(content)[state.slot]?.name ?? '');
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
        onChange={(value) => editor.choose({ range: value })}
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
