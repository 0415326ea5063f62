import { Button, Checkbox, SegmentedControl, Slider } from '@mantine/core';

import { type CaseOverlay, overlayColor } from '../content';
import { formatBytes } from '../format';
import { labelmapOrProblem } from '../scene';
import { useSession, useViewer } from '../session';
import { type ColorBy, type OverlayStyle, toggled } from '../state';
import classes from './panel.module.css';

export function OverlaySection() {
  const { content } = useSession();
  return (
    <section className={classes.section} aria-labelledby="viewer-overlays">
      <h3 id="viewer-overlays" className={classes.heading}>
        Overlays
      </h3>
      {content.overlays.map((overlay) => (
        <OverlayRow key={overlay.key} overlay={overlay} />
      ))}
      <OverlayAppearance />
    </section>
  );
}

function OverlayRow({ overlay }: { readonly overlay: CaseOverlay }) {
  const { store, content } = useSession();
  const shown = useViewer((state) => state.shownOverlays.has(overlay.key));
  const colored = useViewer((state) => state.colorBy === 'overlay' && state.errors === null);
  return (
    <div className={classes.overlayRow}>
      <Checkbox
        size="xs"
        label={overlay.name}
        checked={shown}
        onChange={() =>
          store.update((state) => ({ ...state, shownOverlays: toggled(state.shownOverlays, overlay.key) }))
        }
      />
      {colored && <i className={classes.swatch} style={{ background: overlayColor(content, overlay.key) }} aria-hidden />}
      <OverlayStatus overlay={overlay} />
    </div>
  );
}

function OverlayStatus({ overlay }: { readonly overlay: CaseOverlay }) {
  const { loader } = useSession();
  const file = useViewer((state) => state.files[overlay.url]);
  const result = useViewer((state, content) => labelmapOrProblem(content, state, overlay));
  if (typeof result === 'string') {
    return (
      <div className={classes.problem} role="alert">
        {result}
        {file?.status === 'failed' && (
          <Button size="compact-xs" variant="default" onClick={() => loader.retry(overlay.url)}>
            Try again
          </Button>
        )}
      </div>
    );
  }
  if (result) return null;
  return <span className={classes.dim}>{file?.status === 'loading' ? formatBytes(file.loaded_bytes) : '…'}</span>;
}

function OverlayAppearance() {
  const { store, content } = useSession();
  const style = useViewer((state) => state.style);
  const colorBy = useViewer((state) => state.colorBy);
  const opacity = useViewer((state) => state.opacity);
  return (
    <div className={classes.appearance}>
      <SegmentedControl
        size="xs"
        aria-label="Overlay style"
        value={style}
        onChange={(value) => store.update((state) => ({ ...state, style: value as OverlayStyle }))}
        data={[
          { value: 'fill', label: 'Fill' },
          { value: 'outline', label: 'Outline' },
        ]}
      />
      {content.overlays.length > 1 && (
        <SegmentedControl
          size="xs"
          aria-label="Colour by"
          value={colorBy}
          onChange={(value) => store.update((state) => ({ ...state, colorBy: value as ColorBy }))}
          data={[
            { value: 'label', label: 'By label' },
            { value: 'overlay', label: 'By overlay' },
          ]}
        />
      )}
      <div className={classes.opacity}>
        <span className={classes.dim}>Opacity</span>
        <Slider
          size="sm"
          min={0}
          max={1}
          step={0.05}
          value={opacity}
          label={(value) => `${Math.round(100 * value)} %`}
          thumbLabel="Opacity of overlays"
          onChange={(value) => store.update((state) => ({ ...state, opacity: value }))}
        />
      </div>
    </div>
  );
}
