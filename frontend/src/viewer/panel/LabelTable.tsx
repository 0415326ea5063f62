import { useMemo } from 'react';

import { type CaseOverlay, labelId, overlayColor, schemeId } from '../content';
import { type LabelScheme, labelsVolume_ml, presentLabels } from '../core/labels';
import type { Labelmap } from '../core/volume';
import { formatVolume_ml } from '../format';
import { labelmapOf, statisticsOf } from '../scene';
import { useSession, useViewer } from '../session';
import { Swatch } from './Swatch';
import classes from './panel.module.css';

interface Column {
  readonly overlay: CaseOverlay;
  readonly labelmap: Labelmap | null;
}

/** Labels with their toggles, and volumes of labels and regions in each shown overlay, scheme by scheme. */
export function LabelTable() {
  const { content } = useSession();
  const bySchemes = useMemo(() => {
    const ids = new Set(content.overlays.map(({ scheme }) => schemeId(scheme)));
    return [...ids].map((id) => ({ id, overlays: content.overlays.filter(({ scheme }) => schemeId(scheme) === id) }));
  }, [content]);
  return bySchemes.map(({ id, overlays }) => <SchemeTable key={id} overlays={overlays} />);
}

function SchemeTable({ overlays }: { readonly overlays: readonly CaseOverlay[] }) {
  const { content, store } = useSession();
  const shown = useViewer((state) => state.shownOverlays);
  const files = useViewer((state) => state.files);
  const columns = useMemo(
    () =>
      overlays
        .filter(({ key }) => shown.has(key))
        .map((overlay): Column => ({ overlay, labelmap: labelmapOf(content, { ...store.get(), files }, overlay.key) })),
    [overlays, shown, files, content, store],
  );
  const scheme = overlays[0]?.scheme;
  if (!scheme) return null;
  const labels = uniqueLabels(scheme, columns);
  return (
    <section className={classes.section}>
      <h3 className={classes.heading}>
        Labels <span className={classes.unit}>mL</span>
      </h3>
      <div className={classes.tableScroll}>
        <table className={classes.table} data-narrow={columns.length > 2}>
          {columns.length > 1 && <ColumnHeads columns={columns} />}
          <tbody>
            {labels.map(({ value, name, color }) => (
              <tr key={value}>
                <th scope="row">
                  <Swatch id={labelId(scheme, value)} name={name} color={color} />
                </th>
                <Volumes columns={columns} labels={[value]} />
              </tr>
            ))}
          </tbody>
          <tbody className={classes.regions}>
            {scheme.regions.map((region) => (
              <tr key={region.key}>
                <th scope="row">{region.name}</th>
                <Volumes columns={columns} labels={region.labels} />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function ColumnHeads({ columns }: { readonly columns: readonly Column[] }) {
  const { content } = useSession();
  const colored = useViewer((state) => state.colorBy === 'overlay');
  return (
    <thead>
      <tr>
        <td />
        {columns.map(({ overlay }) => (
          <th key={overlay.key} scope="col" title={overlay.name} style={colored ? { color: overlayColor(content, overlay.key) } : undefined}>
            <span>{overlay.name}</span>
          </th>
        ))}
      </tr>
    </thead>
  );
}

function Volumes({ columns, labels }: { readonly columns: readonly Column[]; readonly labels: readonly number[] }) {
  return columns.map(({ overlay, labelmap }) => (
    <td key={overlay.key}>
      {labelmap ? formatVolume_ml(labelsVolume_ml(statisticsOf(labelmap), labels, labelmap.spacing_mm)) : '–'}
    </td>
  ));
}

function uniqueLabels(scheme: LabelScheme, columns: readonly Column[]) {
  const present = columns.flatMap(({ labelmap }) => (labelmap ? presentLabels(scheme, statisticsOf(labelmap)) : []));
  const all = [...presentLabels(scheme, null), ...present];
  return [...new Map(all.map((label) => [label.value, label])).values()];
}
