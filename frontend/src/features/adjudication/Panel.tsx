import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';

import { DisplaySection, HistoryPanel, LabelPalette, ToolOptions, useLabelEditor } from '../drawing';
import { useStore } from '~/viewer';

import { EvidenceSection } from './EvidenceSection';
import { LayersSection } from './LayersSection';
import { ProvenanceSection } from './ProvenanceSection';
import { RegionsSection } from './RegionsSection';
import { useHere } from './roomContext';
import { text } from './text';
import type { Provenance } from './useProvenance';
import { WhatIfSection } from './WhatIfSection';
import classes from './Adjudication.module.css';

type Part = keyof typeof text.tabs;

interface PanelProps {
  readonly provenance: Provenance;
  readonly onWhatIf: (labelmap: string | null) => void;
}

/** What is settled, with which tools, on which layers; and what lies under the cursor. */
export function Panel({ provenance, onWhatIf }: PanelProps) {
  const { isOpen } = useHere();
  const [part, setPart] = useState<Part>('regions');
  const parts = (Object.keys(text.tabs) as Part[]).filter((key) => isOpen || (key !== 'tools' && key !== 'whatIf'));
  return (
    <aside className={classes.panel} aria-label={text.panel}>
      <SegmentedControl
        className={classes.parts ?? ''}
        size="xs"
        fullWidth
        aria-label={text.tabsName}
        value={part}
        onChange={(value) => setPart(value as Part)}
        data={parts.map((value) => ({ value, label: text.tabs[value] }))}
      />
      <Notice />
      <div className={classes.scroll}>
        {part === 'regions' && <RegionsSection />}
        {part === 'tools' && (
          <>
            <LabelPalette />
            <ToolOptions />
            <HistoryPanel />
          </>
        )}
        {part === 'layers' && (
          <>
            <LayersSection provenance={provenance} />
            {provenance.isOn && <ProvenanceSection rows={provenance.rows} />}
            <DisplaySection />
          </>
        )}
        {/* It stays: what was tried is not lost by looking elsewhere. */}
        <div hidden={part !== 'whatIf'}>{isOpen && <WhatIfSection onLabelmap={onWhatIf} />}</div>
      </div>
      <EvidenceSection />
    </aside>
  );
}

/** What could not be done, wherever one looks. */
function Notice() {
  const editor = useLabelEditor();
  const notice = useStore(editor.notice, (words) => words);
  if (!notice) return null;
  return (
    <p className={classes.notice} role="alert">
      {notice}
    </p>
  );
}
