import { Checkbox } from '@mantine/core';

import { toggled, useKeyOf, useSession, useViewer } from '~/viewer';

import { FUSED } from './addresses';
import { FUSED_COLOR, heatColor, REGION_COLOR, sourceColor } from './colors';
import { LAYER } from './layers';
import { useHere } from './roomContext';
import { text } from './text';
import type { Provenance } from './useProvenance';
import classes from './Adjudication.module.css';

const HEAT_STOPS = [0, 0.25, 0.5, 0.75, 1].map((share) => heatColor(share)).join(', ');

/** Which outlines and maps lie over the images. */
export function LayersSection({ provenance }: { readonly provenance: Provenance }) {
  const { adjudication } = useHere();
  return (
    <section className={classes.section} aria-label={text.layers.title}>
      <h2 className={classes.heading}>{text.layers.title}</h2>
      <Layer layer={LAYER.drawing} name={text.layers.drawing} />
      <Layer layer={LAYER.region} name={text.layers.region} color={REGION_COLOR} binding="adjudication.region" />
      {adjudication.raters.map(({ key, name }) => (
        <Layer
          key={key}
          layer={key}
          name={name ? `${text.rater(key)}, ${name}` : text.rater(key)}
          color={sourceColor(key)}
          binding={`adjudication.outline.${key}`}
        />
      ))}
      <Layer layer={FUSED} name={text.layers.fused} color={FUSED_COLOR} binding="adjudication.outline.fused" />
      <Layer layer={LAYER.heat} name={text.layers.heat} binding="adjudication.heat" />
      <div className={classes.scale} aria-hidden>
        <span>{text.layers.heatScale[0]}</span>
        <i style={{ background: `linear-gradient(to right, ${HEAT_STOPS})` }} />
        <span>{text.layers.heatScale[1]}</span>
      </div>
      <Row
        name={text.layers.provenance}
        binding="adjudication.provenance"
        checked={provenance.isOn}
        onChange={provenance.toggle}
      />
    </section>
  );
}

interface LayerProps {
  readonly layer: string;
  readonly name: string;
  readonly color?: string;
  readonly binding?: string;
}

function Layer({ layer, ...rest }: LayerProps) {
  const { store } = useSession();
  const checked = useViewer((state) => state.shownOverlays.has(layer));
  return (
    <Row
      {...rest}
      checked={checked}
      onChange={() => store.update((state) => ({ ...state, shownOverlays: toggled(state.shownOverlays, layer) }))}
    />
  );
}

interface RowProps extends Omit<LayerProps, 'layer'> {
  readonly checked: boolean;
  readonly onChange: () => void;
}

function Row({ name, color, binding = '', checked, onChange }: RowProps) {
  const key = useKeyOf(binding);
  return (
    <div className={classes.layer}>
      <Checkbox size="xs" label={name} checked={checked} onChange={onChange} />
      {color && <i className={classes.line} style={{ background: color }} aria-hidden />}
      {key && <kbd className={classes.key}>{key}</kbd>}
    </div>
  );
}
