import { type RefObject, useLayoutEffect, useRef } from 'react';

/** Rows (elements with `data-row`) glide from where they stood to where they stand now, unless motion is unwanted. */
export function useSlidingRows(body: RefObject<HTMLElement | null>, order: readonly string[]): void {
  const tops = useRef(new Map<string, number>());
  const orderKey = order.join('\n');

  useLayoutEffect(() => {
    const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    const next = new Map<string, number>();
    for (const row of body.current?.querySelectorAll<HTMLElement>('[data-row]') ?? []) {
      const key = row.dataset.row ?? '';
      next.set(key, row.offsetTop);
      const moved = (tops.current.get(key) ?? row.offsetTop) - row.offsetTop;
      if (moved !== 0 && !still) {
        row.animate([{ transform: `translateY(${moved}px)` }, { transform: 'none' }], {
          duration: 650,
          easing: 'cubic-bezier(0.2, 0.8, 0.2, 1)',
        });
      }
    }
    tops.current = next;
  }, [body, orderKey]);
}
