import { formatVolume_ml } from '~/viewer';

import { sourceColor } from './colors';
import type { WhatIfResult as Result } from './queries';
import { useHere } from './roomContext';
import { text } from './text';
import classes from './Adjudication.module.css';

interface ResultProps {
  readonly result: Result;
  /** Another answer is on its way, or was refused. */
  readonly isOld: boolean;
}

/** What a tried fusion gives: volumes, and how far it is from the consensus and from each rater. */
export function WhatIfResult({ result, isOld }: ResultProps) {
  const { adjudication } = useHere();
  const { regions } = adjudication.scheme;
  const { volumes_ml, dice_to_head, changed_voxels, agreement } = result;
  return (
    <div className={classes.result} data-old={isOld}>
      <p className={classes.note}>{text.whatIf.changed(changed_voxels)}</p>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{text.whatIf.columns.region}</th>
            <th scope="col">{text.whatIf.columns.volume}</th>
            <th scope="col">{text.whatIf.columns.dice}</th>
          </tr>
        </thead>
        <tbody>
          {regions.map(({ key, name }) => (
            <tr key={key}>
              <th scope="row">{name}</th>
              <td>{volume(volumes_ml[key])}</td>
              <td>{dice(dice_to_head[key])}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <table className={classes.table}>
        <caption>{text.whatIf.raters}</caption>
        <thead>
          <tr>
            <th scope="col">{text.whatIf.rater}</th>
            {regions.map(({ key, name }) => (
              <th key={key} scope="col" title={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {agreement.map(({ key, name, weight, dice: values }) => (
            <tr key={key} data-out={weight === 0}>
              <th scope="row" title={name ?? undefined}>
                <i className={classes.line} style={{ background: sourceColor(key) }} aria-hidden /> {key}
              </th>
              {regions.map((region) => (
                <td key={region.key}>{dice(values[region.key])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function volume(volume_ml: number | null | undefined): string {
  return volume_ml == null ? '–' : formatVolume_ml(volume_ml);
}

function dice(value: number | null | undefined): string {
  return value == null ? '–' : value.toFixed(3);
}
