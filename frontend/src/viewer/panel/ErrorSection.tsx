import { NativeSelect, SegmentedControl } from '@mantine/core';

import { type ErrorPair, labelId } from '../content';
import { ERROR_SCHEME } from '../core/errors';
import { labelsVolume_ml } from '../core/labels';
import { formatVolume_ml } from '../format';
import { errorLabelmap, statisticsOf } from '../scene';
import { useSession, useViewer } from '../session';
import { Swatch } from './Swatch';
import classes from './panel.module.css';

/** Where a prediction differs from the reference, for one region at a time; replaces the overlays meanwhile. */
export function ErrorSection() {
  const { store, content } = useSession();
  const chosen = useViewer((state) => state.errors);
  const pair = content.error_pairs.find(({ key }) => key === chosen?.pair);
  const choosePair = (key: string) =>
    store.update((state) => {
      const next = content.error_pairs.find((candidate) => candidate.key === key);
      if (!next) return { ...state, errors: null };
      const region = state.errors?.region ?? regionsOf(next)[0]?.key ?? '';
      return { ...state, errors: { pair: key, region } };
    });

  function regionsOf({ reference }: ErrorPair) {
    return content.overlays.find(({ key }) => key === reference)?.scheme.regions ?? [];
  }

  return (
    <section className={classes.section}>
      <h3 className={classes.heading}>
        Errors <span className={classes.unit}>mL</span>
      </h3>
      <NativeSelect
        size="xs"
        aria-label="Errors of"
        value={chosen?.pair ?? ''}
        onChange={(event) => choosePair(event.currentTarget.value)}
        data={[{ value: '', label: 'Off' }, ...content.error_pairs.map(({ key, name }) => ({ value: key, label: name }))]}
      />
      {chosen && pair && (
        <>
          <SegmentedControl
            size="xs"
            fullWidth
            aria-label="Region"
            value={chosen.region}
            onChange={(region) => store.update((state) => ({ ...state, errors: { pair: pair.key, region } }))}
            data={regionsOf(pair).map(({ key, name }) => ({ value: key, label: name }))}
          />
          <ErrorLegend />
        </>
      )}
    </section>
  );
}

function ErrorLegend() {
  const labelmap = useViewer((state, content) => errorLabelmap(content, state));
  return (
    <table className={classes.table}>
      <tbody>
        {ERROR_SCHEME.labels.map(({ value, name, color }) => (
          <tr key={value}>
            <th scope="row">
              <Swatch id={labelId(ERROR_SCHEME, value)} name={name} color={color} />
            </th>
            <td>
              {labelmap ? formatVolume_ml(labelsVolume_ml(statisticsOf(labelmap), [value], labelmap.spacing_mm)) : '–'}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
