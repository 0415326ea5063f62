import { useElementSize } from '@mantine/hooks';
import type * as Plot from '@observablehq/plot';
import { useEffect } from 'react';

import classes from './PlotFigure.module.css';

export type PlotOptions = Plot.PlotOptions;
/** The library as its users see it; it is loaded with the first drawing. */
export type PlotLibrary = typeof Plot;

interface PlotFigureProps {
  /** What the drawing says, for those who do not see it. */
  readonly label: string;
  /** Kept free while the library loads; without it the options' own height counts. */
  readonly height_px?: number;
  /** Keep the function the same between renders (useCallback). */
  readonly draw: (plot: PlotLibrary) => PlotOptions;
}

const NARROWEST_PX = 200;

/** How what is pointed at is told: for Plot.pointer. */
export const TIP = { fill: 'var(--surface)', stroke: 'var(--mantine-color-default-border)', textPadding: 8 } as const;

/** A drawing of Observable Plot, as wide as its place; its colours are CSS variables and so follow the theme. */
export function PlotFigure({ label, height_px, draw }: PlotFigureProps) {
  const { ref, width } = useElementSize<HTMLDivElement>();
  useEffect(() => {
    const place = ref.current;
    if (!place || width < NARROWEST_PX) return undefined;
    let gone = false;
    void import('@observablehq/plot').then((plot) => {
      if (gone) return;
      const drawing = plot.plot({ ...draw(plot), width, ...(height_px ? { height: height_px } : {}) });
      drawing.setAttribute('aria-hidden', 'true');
      // In one go: the drawing before stays until then, so that a resize does not flicker.
      place.replaceChildren(drawing);
    });
    return () => {
      gone = true;
    };
  }, [ref, width, height_px, draw]);
  return <div ref={ref} role="img" aria-label={label} className={classes.figure} style={{ minHeight: height_px ?? 0 }} />;
}
