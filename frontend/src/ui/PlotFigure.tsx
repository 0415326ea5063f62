import * as Plot from '@observablehq/plot';
import { useElementSize } from '@mantine/hooks';
import { useEffect } from 'react';

import classes from './PlotFigure.module.css';

interface PlotFigureProps {
  /** What the drawing says, for those who do not see it. */
  readonly label: string;
  /** Options for a width in px; keep the function the same between renders (useCallback). */
  readonly draw: (width_px: number) => Plot.PlotOptions;
}

const NARROWEST_PX = 240;

/** A drawing of Observable Plot, as wide as its place; its colours are CSS variables and so follow the theme. */
export function PlotFigure({ label, draw }: PlotFigureProps) {
  const { ref, width } = useElementSize<HTMLDivElement>();
  useEffect(() => {
    const place = ref.current;
    if (!place || width < NARROWEST_PX) return undefined;
    const drawing = Plot.plot({ ...draw(width), width });
    drawing.setAttribute('aria-hidden', 'true');
    place.append(drawing);
    return () => drawing.remove();
  }, [ref, width, draw]);
  return <div ref={ref} role="img" aria-label={label} className={classes.figure} />;
}
