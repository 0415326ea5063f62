/** Draws the surfaces into a canvas of their own, and says when this browser cannot. */
import { type RefObject, useEffect, useRef, useState } from 'react';

import { type Picture, SurfacePainter } from './surfacePainter';

export type PictureState = 'drawn' | 'lost' | 'unsupported';

/** @param picture null while there is nothing to draw; its size is the canvas's own. */
export function useLabelPicture(
  canvasRef: RefObject<HTMLCanvasElement | null>,
  picture: Omit<Picture, 'size_px'> | null,
  size_px: readonly [number, number],
): PictureState {
  const [state, setState] = useState<PictureState>('drawn');
  const painter = useRef<SurfacePainter | null>(null);
  const [round, setRound] = useState(0);

  useEffect(() => {
    const canvas = canvasRef.current;
    const gl = canvas?.getContext('webgl2', { antialias: true });
    if (!canvas || !gl) {
      setState('unsupported');
      return undefined;
    }
    painter.current = new SurfacePainter(gl);
    const lose = (event: Event) => {
      // Without this the browser never gives the context back.
      event.preventDefault();
      painter.current = null;
      setState('lost');
    };
    const restore = () => {
      painter.current = new SurfacePainter(gl);
      setState('drawn');
      setRound((before) => before + 1);
    };
    canvas.addEventListener('webglcontextlost', lose);
    canvas.addEventListener('webglcontextrestored', restore);
    return () => {
      canvas.removeEventListener('webglcontextlost', lose);
      canvas.removeEventListener('webglcontextrestored', restore);
      painter.current = null;
    };
  }, [canvasRef]);

  useEffect(() => {
    const canvas = canvasRef.current;
    if (!canvas) return undefined;
    const request = requestAnimationFrame(() => {
      const [width, height] = size_px.map((length) => Math.max(1, Math.round(length * window.devicePixelRatio)));
      if (canvas.width !== width) canvas.width = width ?? 1;
      if (canvas.height !== height) canvas.height = height ?? 1;
      if (picture && size_px[0] > 0) painter.current?.paint({ ...picture, size_px });
      else painter.current?.clear();
    });
    return () => cancelAnimationFrame(request);
  }, [canvasRef, picture, size_px, round]);

  return state;
}
