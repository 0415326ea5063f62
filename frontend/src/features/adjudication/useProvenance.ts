import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';

import { type LabelScheme, useStore } from '~/viewer';

import { FUSED } from './addresses';
import { BASE_COLOR, FUSED_COLOR, personColor, sourceColor } from './colors';
import { type Adjudication, adjudicationQueries, type ProvenanceEntry } from './queries';
import type { RoomJournal } from './roomJournal';
import { text } from './text';

/** Strokes come in quick succession; the map is fetched when they pause. */
const PAUSE_MS = 700;

export interface ProvenanceRow {
  readonly code: number;
  readonly name: string;
  readonly color: string;
  readonly volume_ml: number;
}

export interface Provenance {
  readonly isOn: boolean;
  readonly toggle: () => void;
  readonly rows: readonly ProvenanceRow[];
  /** The layer, as far as the server has it. */
  readonly shown: { readonly head: number; readonly scheme: LabelScheme } | null;
}

/** Who decided each voxel: as a layer and a legend with volumes, a moment after the last edit. */
export function useProvenance({ id }: Adjudication, journal: RoomJournal): Provenance {
  const [isOn, setOn] = useState(false);
  const toggle = useCallback(() => setOn((was) => !was), []);
  const [head] = useDebouncedValue(useStore(journal.state, (state) => state.head), PAUSE_MS);
  const legend = useQuery({ ...adjudicationQueries.legend(id, head), enabled: isOn });
  const rows = useMemo(() => (legend.data ?? []).map(rowOf), [legend.data]);
  const shown = useMemo(
    () => (isOn && rows.length > 0 ? { head, scheme: { labels: rows.map(labelOf), regions: [] } } : null),
    [isOn, rows, head],
  );
  return { isOn, toggle, rows, shown };
}

function labelOf({ code, name, color }: ProvenanceRow) {
  return { value: code, name, color };
}

function rowOf({ code, source, person, volume_ml }: ProvenanceEntry): ProvenanceRow {
  if (source === 'base') return { code, volume_ml, name: text.provenance.base, color: BASE_COLOR };
  if (source === FUSED) return { code, volume_ml, name: text.source(FUSED), color: FUSED_COLOR };
  if (source) return { code, volume_ml, name: text.rater(source), color: sourceColor(source) };
  return { code, volume_ml, name: text.provenance.painted(person?.name ?? '–'), color: personColor(person?.id ?? 0) };
}
