import { useSession } from '../session';
import { CursorReadout } from './CursorReadout';
import { ErrorSection } from './ErrorSection';
import { LabelTable } from './LabelTable';
import { OverlaySection } from './OverlaySection';
import classes from './panel.module.css';

export function SidePanel() {
  const { content } = useSession();
  const hasOverlays = content.overlays.length > 0;
  return (
    <aside className={classes.panel} aria-label="Overlays and values">
      <div className={classes.scroll}>
        {hasOverlays ? (
          <>
            <OverlaySection />
            {content.error_pairs.length > 0 && <ErrorSection />}
            <LabelTable />
          </>
        ) : (
          <p className={classes.note}>There is no annotation of this case that you may see.</p>
        )}
      </div>
      <CursorReadout />
    </aside>
  );
}
