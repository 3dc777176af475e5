/** Labels beside points so that none covers another or a point; one without room is left out. */

export interface LabelPoint {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

export interface PlacedLabel {
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'end' | 'middle';
  readonly text: string;
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Of the type that the plot is set in, in units of the drawing: wide enough for a bold system font. */
const CHAR_WIDTH = 7.6;
const LINE_HEIGHT = 15;
const POINT_RADIUS = 8;
/** From point to label, tried in this order: beside, above, below, then farther out. */
const OFFSETS = [
  { dx: 11, dy: 4, anchor: 'start' },
  { dx: -11, dy: 4, anchor: 'end' },
  { dx: 0, dy: -13, anchor: 'middle' },
  { dx: 0, dy: 22, anchor: 'middle' },
  { dx: 9, dy: -12, anchor: 'start' },
  { dx: 9, dy: 20, anchor: 'start' },
  { dx: -9, dy: -12, anchor: 'end' },
  { dx: -9, dy: 20, anchor: 'end' },
  { dx: 0, dy: -28, anchor: 'middle' },
  { dx: 0, dy: 37, anchor: 'middle' },
] as const;

/** `wanted`: indexes of the points to label, the first ones placed first. */
export function placeLabels(
  points: readonly LabelPoint[],
  area: Box,
  wanted: ReadonlySet<number>,
): PlacedLabel[] {
  const taken: Box[] = points.map(({ x, y }) => around(x, y, POINT_RADIUS));
  const placed: PlacedLabel[] = [];
  for (const index of wanted) {
    const point = points[index];
    if (point === undefined) continue;
    for (const { dx, dy, anchor } of OFFSETS) {
      const label = { x: point.x + dx, y: point.y + dy, anchor, text: point.text };
      const box = boxOf(label);
      const isInside =
        box.left >= area.left &&
        box.right <= area.right &&
        box.top >= area.top &&
        box.bottom <= area.bottom;
      // Its own point may touch the label: that is whose label it is.
      if (!isInside || taken.some((other, i) => i !== index && overlap(box, other))) continue;
      taken.push(box);
      placed.push(label);
      break;
    }
  }
  return placed;
}

function boxOf({ x, y, anchor, text }: PlacedLabel): Box {
  const width = [...text].length * CHAR_WIDTH;
  const left = anchor === 'start' ? x : anchor === 'end' ? x - width : x - width / 2;
  return { left, right: left + width, top: y - LINE_HEIGHT + 4, bottom: y + 4 };
}

function around(x: number, y: number, radius: number): Box {
  return { left: x - radius, right: x + radius, top: y - radius, bottom: y + radius };
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
