/** The editor's pointer in a pane: its brush, its outline, and drags with every point that the device has measured. */
import type { PlaneGeometry } from './core/planes';
import { placeSlice, type Point, screenToPlane_mm, type Viewport } from './core/viewport';
import type { PaneDrag, PaneEditor, PanePoint, PaneSlice } from './editor';
import type { Session } from './session';
import { viewOf } from './state';

const SVG = 'http://www.w3.org/2000/svg';

interface EditedPane {
  readonly element: HTMLElement;
  readonly session: Session;
  readonly editor: PaneEditor;
  readonly slice: () => PaneSlice | null;
}

export class PaneEditing {
  private readonly marks: PaneMarks;
  private drag: PaneDrag | null = null;
  private pointer_px: Point | null = null;
  private readonly unsubscribe: readonly (() => void)[];

  constructor(private readonly pane: EditedPane) {
    this.marks = new PaneMarks(pane.element);
    const draw = () => this.drawMarks();
    this.unsubscribe = [pane.editor.subscribe(draw), pane.session.store.subscribe(draw)];
  }

  get isDragging(): boolean {
    return this.drag !== null;
  }

  /** @returns whether the editor has taken the pointer. */
  begin(event: PointerEvent): boolean {
    const slice = this.pane.slice();
    const viewport = slice && this.viewport(slice.geometry);
    if (!slice || !viewport) return false;
    this.drag = this.pane.editor.begin(slice, this.pointOf(event, viewport));
    return this.drag !== null;
  }

  move(event: PointerEvent): void {
    this.hover(event);
    const slice = this.drag && this.pane.slice();
    if (!slice) return;
    const viewport = this.viewport(slice.geometry);
    const measured = event.getCoalescedEvents();
    this.drag?.move((measured.length > 0 ? measured : [event]).map((each) => this.pointOf(each, viewport)));
    this.drawMarks();
  }

  end(): void {
    const { drag } = this;
    this.drag = null;
    drag?.end();
    this.drawMarks();
  }

  cancel(): void {
    const { drag } = this;
    this.drag = null;
    drag?.cancel();
    this.drawMarks();
  }

  hover(event: PointerEvent | null): void {
    this.pointer_px = event && this.pixelOf(event);
    this.drawMarks();
  }

  dispose(): void {
    // What was drawn until now is work: a pane that goes away does not take it along.
    this.end();
    this.unsubscribe.forEach((stop) => stop());
    this.marks.remove();
  }

  private pixelOf(event: MouseEvent): Point {
    const box = this.pane.element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  private pointOf(event: PointerEvent, viewport: Viewport): PanePoint {
    return {
      position_mm: screenToPlane_mm(viewport, this.pixelOf(event)),
      pressure: event.pointerType === 'pen' ? event.pressure : null,
    };
  }

  private viewport(geometry: PlaneGeometry): Viewport {
    const { element, session } = this.pane;
    return placeSlice(geometry, [element.clientWidth, element.clientHeight], viewOf(session.store.get(), geometry.plane));
  }

  private drawMarks(): void {
    const { editor } = this.pane;
    const slice = this.pointer_px && this.pane.slice();
    const cursor = slice && editor.cursor();
    const outline = this.drag && editor.outline();
    const viewport = slice && this.viewport(slice.geometry);
    this.pane.element.toggleAttribute('data-editing', editor.cursor() !== null);
    this.marks.drawCursor(
      cursor && viewport && this.pointer_px
        ? { at_px: this.pointer_px, radius_px: cursor.radius_mm * viewport.pixelsPerMm, color: cursor.color }
        : null,
    );
    this.marks.drawOutline(
      outline && viewport
        ? { color: outline.color, points_px: outline.points_mm.map((point) => toScreen(viewport, point)) }
        : null,
    );
  }
}

function toScreen({ pixelsPerMm, origin_px }: Viewport, [x, y]: Point): Point {
  return [origin_px[0] + x * pixelsPerMm, origin_px[1] + y * pixelsPerMm];
}

/** A circle and a line above the pane's canvas. */
class PaneMarks {
  private readonly svg = document.createElementNS(SVG, 'svg');
  private readonly circle = document.createElementNS(SVG, 'circle');
  private readonly line = document.createElementNS(SVG, 'polygon');

  constructor(element: HTMLElement) {
    this.svg.setAttribute('data-pane-marks', '');
    this.svg.setAttribute('aria-hidden', 'true');
    for (const mark of [this.line, this.circle]) {
      mark.setAttribute('fill', 'none');
      mark.setAttribute('stroke-width', '1.5');
      this.svg.append(mark);
    }
    this.line.setAttribute('fill-opacity', '0.18');
    element.append(this.svg);
  }

  drawCursor(cursor: { at_px: Point; radius_px: number; color: string } | null): void {
    this.circle.setAttribute('visibility', cursor ? 'visible' : 'hidden');
    if (!cursor) return;
    this.circle.setAttribute('cx', String(cursor.at_px[0]));
    this.circle.setAttribute('cy', String(cursor.at_px[1]));
    this.circle.setAttribute('r', String(Math.max(1.5, cursor.radius_px)));
    this.circle.setAttribute('stroke', cursor.color);
  }

  drawOutline(outline: { points_px: readonly Point[]; color: string } | null): void {
    this.line.setAttribute('visibility', outline ? 'visible' : 'hidden');
    if (!outline) return;
    this.line.setAttribute('points', outline.points_px.map((point) => point.join(',')).join(' '));
    this.line.setAttribute('stroke', outline.color);
    this.line.setAttribute('fill', outline.color);
  }

  remove(): void {
    this.svg.remove();
  }
}
