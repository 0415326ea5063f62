import { useEffect, useMemo, useRef } from 'react';

import { planeSize_mm, type PlaneGeometry, PLANES } from '../core/planes';
import type { OverlayLayer } from '../renderer';
import { geometryOf, layersOf } from '../scene';
import { useSession, useViewer } from '../session';
import { paintSilhouettes, silhouettesOf } from './silhouettes';
import type { PictureState } from './useLabelPicture';
import classes from './VolumePane.module.css';

const REASONS: Readonly<Record<Exclude<PictureState, 'drawn'>, string>> = {
  unsupported: 'This browser has no WebGL2, which surfaces need. Shadows of the labels along the three axes instead:',
  lost: 'The graphics card went away. Until it is back, shadows of the labels along the three axes:',
};

/** What can be shown of the labels' shape without WebGL2. */
export function Silhouettes({ reason }: { readonly reason: Exclude<PictureState, 'drawn'> }) {
  const { content, store } = useSession();
  const edits = useViewer((state) => state.edits);
  const files = useViewer((state) => state.files);
  const hidden = useViewer((state) => state.hiddenLabels);
  const shown = useViewer((state) => state.shownOverlays);
  const layers = useMemo(
    () => layersOf(content, store.get()),
    // The state is read whole; these are the parts of it that count.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [content, store, edits, files, hidden, shown],
  );
  const geometries = PLANES.map((plane) => geometryOf(content, store.get(), plane));
  return (
    <div className={classes.silhouettes}>
      <p role="status">{REASONS[reason]}</p>
      <div className={classes.shadows}>
        {geometries.map((geometry) => geometry && <Shadow key={geometry.plane} geometry={geometry} layers={layers} />)}
      </div>
    </div>
  );
}

/** Named by where they are seen from, as the slices are. */
const SEEN = { axial: 'From below', coronal: 'From the front', sagittal: 'From the left' } as const;

interface ShadowProps {
  readonly geometry: PlaneGeometry;
  readonly layers: readonly OverlayLayer[];
}

function Shadow({ geometry, layers }: ShadowProps) {
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const { column, row, edges, plane, focus_mm } = geometry;
  useEffect(() => {
    const context = canvasRef.current?.getContext('2d');
    if (!context) return undefined;
    // After the hand rests: a shadow takes a look at every voxel.
    const timer = setTimeout(() => {
      const image = context.createImageData(column.length, row.length);
      for (const { labelmap, palette } of layers) {
        paintSilhouettes(silhouettesOf(labelmap, geometry), palette, image.data);
      }
      context.putImageData(image, 0, 0);
    }, 300);
    return () => clearTimeout(timer);
  }, [geometry, layers, column, row]);
  const [width_mm, height_mm] = planeSize_mm(geometry);
  return (
    <figure data-silhouette={plane}>
      <div style={{ aspectRatio: `${focus_mm.width} / ${focus_mm.height}` }}>
        <canvas
          ref={canvasRef}
          width={column.length}
          height={row.length}
          style={{
            left: percent(-focus_mm.left / focus_mm.width),
            top: percent(-focus_mm.top / focus_mm.height),
            width: percent(width_mm / focus_mm.width),
            height: percent(height_mm / focus_mm.height),
          }}
          aria-hidden
        />
        {(['left', 'right', 'top', 'bottom'] as const).map((edge) => (
          <span key={edge} data-edge={edge}>
            {edges[edge]}
          </span>
        ))}
      </div>
      <figcaption>{SEEN[plane]}</figcaption>
    </figure>
  );
}

function percent(share: number): string {
  return `${100 * share}%`;
}
