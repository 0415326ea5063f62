import { NativeSelect, SegmentedControl, Slider } from '@mantine/core';

import {
  flippedPair,
  presetOf,
  slotsOf,
  useKeyOf,
  useSession,
  useViewer,
  WINDOW_PRESETS,
  withPreset,
} from '~/viewer';

import { text } from './text';
import { Option } from './ToolOptions';
import classes from './Drawing.module.css';

/** How labels and images are shown. */
export function DisplaySection() {
  const { store } = useSession();
  const style = useViewer((state) => state.style);
  const opacity = useViewer((state) => state.opacity);
  return (
    <section className={classes.section} aria-label={text.view}>
      <h3 className={classes.heading}>{text.view}</h3>
      <SegmentedControl
        size="xs"
        aria-label={text.styleName}
        value={style}
        onChange={(value) => store.update((state) => ({ ...state, style: value as 'fill' | 'outline' }))}
        data={[
          { value: 'fill', label: text.style.fill },
          { value: 'outline', label: text.style.outline },
        ]}
      />
      <Option name={text.opacity} value={`${Math.round(100 * opacity)} %`}>
        <Slider
          size="sm"
          min={0}
          max={1}
          step={0.05}
          value={opacity}
          label={null}
          thumbLabel={text.opacity}
          onChange={(value) => store.update((state) => ({ ...state, opacity: value }))}
        />
      </Option>
      <WindowOption />
      <FlipOption />
    </section>
  );
}

/** The chosen sequence's window. */
function WindowOption() {
  const { store, content } = useSession();
  const preset = useViewer((state) => presetOf(content, state));
  const name = useViewer((state) => slotsOf(content)[state.slot]?.name ?? '');
  const choices = WINDOW_PRESETS.map(({ key, name: label }) => ({ value: key, label }));
  return (
    <Option name={text.window} value={name}>
      <NativeSelect
        size="xs"
        aria-label={text.windowOf(name)}
        value={preset ?? ''}
        onChange={(event) => {
          const chosen = WINDOW_PRESETS.find(({ key }) => key === event.currentTarget.value);
          if (chosen) store.update((state) => withPreset(chosen)(state, content));
        }}
        data={preset ? choices : [{ value: '', label: text.windowByHand }, ...choices]}
      />
    </Option>
  );
}

/** The two images that change places while a key is held. */
function FlipOption() {
  const { store, content } = useSession();
  const [first, second] = useViewer((state) => flippedPair(content, state)?.join('\n') ?? '').split('\n');
  const key = useKeyOf('flip');
  if (!first || !second) return null;
  const choices = content.images.map(({ url, name }) => ({ value: url, label: name }));
  const choose = (pair: readonly [string, string]) => store.update((state) => ({ ...state, flipPair: pair }));
  return (
    <Option name={text.flipWith(key)} value="">
      <div className={classes.halves}>
        <NativeSelect
          size="xs"
          aria-label={text.flipFirst}
          value={first}
          onChange={(event) => choose([event.currentTarget.value, second])}
          data={choices}
        />
        <NativeSelect
          size="xs"
          aria-label={text.flipSecond}
          value={second}
          onChange={(event) => choose([first, event.currentTarget.value])}
          data={choices}
        />
      </div>
    </Option>
  );
}
