/** The editor's pointer in a pane: its brush, its outline, and drags with every point that the device has measured. */
import type { Vec3 } from './core/affine';
import { type PlaneGeometry, voxelToPlane_mm } from './core/planes';
import { placeSlice, type Point, screenToPlane_mm, type Viewport } from './core/viewport';
import type { PaneDrag, PaneEditor, PaneMark, PanePoint, PaneSlice } from './editor';
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
  /** As last observed: to ask the page in mid-stroke would make it lay itself out anew each time. */
  private size_px: Point;
  private readonly observer: ResizeObserver;
  private request = 0;
  private readonly unsubscribe: readonly (() => void)[];

  constructor(private readonly pane: EditedPane) {
    this.marks = new PaneMarks(pane.element);
    const { element } = pane;
    this.size_px = [element.clientWidth, element.clientHeight];
    this.observer = new ResizeObserver(() => {
      this.size_px = [element.clientWidth, element.clientHeight];
      this.scheduleMarks();
    });
    this.observer.observe(element);
    const draw = () => this.scheduleMarks();
    this.unsubscribe = [pane.editor.subscribe(draw), pane.session.store.subscribe(draw)];
  }

  /** Once a frame, however much has changed. */
  private scheduleMarks(): void {
    this.request ||= requestAnimationFrame(() => {
      this.request = 0;
      this.drawMarks();
    });
  }

  get isDragging(): boolean {
    return this.drag !== null;
  }

  /** @returns whether the editor has taken the pointer. */
  begin(event: PointerEvent, at_px: Point): boolean {
    const slice = this.pane.slice();
    const viewport = slice && this.viewport(slice.geometry);
    if (!slice || !viewport) return false;
    this.drag = this.pane.editor.begin(slice, pointAt(event, viewport, at_px));
    return this.drag !== null;
  }

  /** @param at_px the event's place in the pane. */
  move(event: PointerEvent, at_px: Point): void {
    this.hover(event, at_px);
    const slice = this.drag && this.pane.slice();
    if (!slice) return;
    const viewport = this.viewport(slice.geometry);
    const measured = event.getCoalescedEvents();
    const [left, top] = [event.clientX - at_px[0], event.clientY - at_px[1]];
    const points = (measured.length > 0 ? measured : [event]).map((each) =>
      pointAt(each, viewport, [each.clientX - left, each.clientY - top]),
    );
    this.drag?.move(points);
    this.scheduleMarks();
  }

  end(): void {
    const { drag } = this;
    this.drag = null;
    drag?.end();
    this.scheduleMarks();
  }

  cancel(): void {
    const { drag } = this;
    this.drag = null;
    drag?.cancel();
    this.scheduleMarks();
  }

  hover(event: PointerEvent, at_px: Point): void {
    this.pointer_px = at_px;
    this.tellPoint(event, at_px);
    this.scheduleMarks();
  }

  /** The pointer is no longer over the slice. */
  leave(): void {
    this.pointer_px = null;
    this.pane.editor.point?.(null, this.drag !== null);
    this.scheduleMarks();
  }

  dispose(): void {
    // What was drawn until now is work: a pane that goes away does not take it along.
    this.end();
    cancelAnimationFrame(this.request);
    this.observer.disconnect();
    this.unsubscribe.forEach((stop) => stop());
    this.marks.remove();
  }

  private tellPoint(event: PointerEvent, at_px: Point): void {
    const { editor, slice } = this.pane;
    if (!editor.point) return;
    const at = slice();
    editor.point(at && { slice: at, point: pointAt(event, this.viewport(at.geometry), at_px) }, this.drag !== null);
  }

  private viewport(geometry: PlaneGeometry): Viewport {
    return placeSlice(geometry, this.size_px, viewOf(this.pane.session.store.get(), geometry.plane));
  }

  private drawOthers(): void {
    const marks = this.pane.editor.marks?.() ?? [];
    const slice = marks.length > 0 ? this.pane.slice() : null;
    const viewport = slice && this.viewport(slice.geometry);
    this.marks.drawOthers(slice && viewport ? marks.flatMap((mark) => placedMark(mark, slice, viewport)) : []);
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
    this.drawOthers();
    this.marks.drawOutline(
      outline && viewport
        ? { color: outline.color, points_px: outline.points_mm.map((point) => toScreen(viewport, point)) }
        : null,
    );
  }
}

function pointAt({ pointerType, pressure }: PointerEvent, viewport: Viewport, at_px: Point): PanePoint {
  return { position_mm: screenToPlane_mm(viewport, at_px), pressure: pointerType === 'pen' ? pressure : null };
}

/** What of a mark lies in a slice, if anything does. */
function placedMark({ voxel, trail, radius_mm, name, color }: PaneMark, slice: PaneSlice, viewport: Viewport): PlacedMark[] {
  const place = (at: Vec3) => toScreen(viewport, voxelToPlane_mm(slice.geometry, at));
  const placed = {
    name,
    color,
    at_px: isIn(slice, voxel) ? place(voxel) : null,
    radius_px: radius_mm * viewport.pixelsPerMm,
    trail_px: trail.filter((at) => isIn(slice, at)).map(place),
  };
  return placed.at_px || placed.trail_px.length > 0 ? [placed] : [];
}

/** Whether a place lies in a slice. */
function isIn({ geometry, slice }: PaneSlice, voxel: Vec3): boolean {
  return Math.round(voxel[geometry.slice.axis]) === slice;
}

function toScreen({ pixelsPerMm, origin_px }: Viewport, [x, y]: Point): Point {
  return [origin_px[0] + x * pixelsPerMm, origin_px[1] + y * pixelsPerMm];
}

/** Somebody else's place in a pane. */
interface PlacedMark {
  readonly name: string;
  readonly color: string;
  /** Null where it lies in another slice. */
  readonly at_px: Point | null;
  readonly radius_px: number;
  readonly trail_px: readonly Point[];
}

/** A circle and a line above the pane's canvas. */
class PaneMarks {
  private readonly svg = document.createElementNS(SVG, 'svg');
  private readonly circle = document.createElementNS(SVG, 'circle');
  /** Below the circle: dark, so that it is seen on bright tissue. */
  private readonly rim = document.createElementNS(SVG, 'circle');
  private readonly line = document.createElementNS(SVG, 'polygon');
  private readonly others = document.createElementNS(SVG, 'g');

  constructor(element: HTMLElement) {
    this.svg.setAttribute('data-pane-marks', '');
    this.svg.setAttribute('aria-hidden', 'true');
    for (const mark of [this.line, this.rim, this.circle]) {
      mark.setAttribute('fill', 'none');
      mark.setAttribute('stroke-width', mark === this.rim ? '3.5' : '1.5');
      this.svg.append(mark);
    }
    this.rim.setAttribute('stroke', 'rgb(0 0 0 / 60%)');
    this.svg.prepend(this.others);
    this.line.setAttribute('fill-opacity', '0.18');
    element.append(this.svg);
  }

  drawCursor(cursor: { at_px: Point; radius_px: number; color: string } | null): void {
    for (const circle of [this.rim, this.circle]) {
      setOnce(circle, 'visibility', cursor ? 'visible' : 'hidden');
      if (!cursor) continue;
      setOnce(circle, 'cx', String(cursor.at_px[0]));
      setOnce(circle, 'cy', String(cursor.at_px[1]));
      setOnce(circle, 'r', String(Math.max(1.5, cursor.radius_px)));
    }
    if (cursor) setOnce(this.circle, 'stroke', cursor.color);
  }

  drawOutline(outline: { points_px: readonly Point[]; color: string } | null): void {
    setOnce(this.line, 'visibility', outline ? 'visible' : 'hidden');
    if (!outline) return;
    this.line.setAttribute('points', outline.points_px.map((point) => point.join(',')).join(' '));
    this.line.setAttribute('stroke', outline.color);
    this.line.setAttribute('fill', outline.color);
  }

  drawOthers(marks: readonly PlacedMark[]): void {
    if (marks.length === 0 && this.others.childElementCount === 0) return;
    this.others.replaceChildren(...marks.flatMap(markShapes));
  }

  remove(): void {
    this.svg.remove();
  }
}

/** To set what is there already makes the page paint again. */
function setOnce(element: Element, name: string, value: string): void {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** Brush, name and unfinished stroke of somebody else. */
function markShapes({ name, color, at_px, radius_px, trail_px }: PlacedMark): SVGElement[] {
  const stroke = shape('polyline', {
    points: trail_px.map((point) => point.join(',')).join(' '),
    fill: 'none',
    stroke: color,
    'stroke-width': Math.max(2, 2 * radius_px),
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
    'stroke-opacity': 0.4,
  });
  if (!at_px) return [stroke];
  const [cx, cy] = at_px;
  const circle = shape('circle', { cx, cy, r: Math.max(4, radius_px), fill: 'none', stroke: color, 'stroke-width': 1.5 });
  const label = shape('text', { x: cx + Math.max(4, radius_px) + 4, y: cy + 4, fill: color, 'font-size': 11 });
  label.textContent = name;
  return [stroke, circle, label];
}

function shape(kind: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made: SVGElement = document.createElementNS(SVG, kind);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}
