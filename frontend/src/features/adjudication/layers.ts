/** The layers above the images, from back to front, and the keys that show them. */
import type { CaseOverlay, LabelScheme } from '~/viewer';

import { DRAWING } from '../drawing';
import { FUSED, provenanceUrl, sourceUrl } from './addresses';
import { FUSED_COLOR, HEAT_SCHEME, REGION_COLOR, sourceColor, WHAT_IF_COLOR } from './colors';
import type { Adjudication } from './queries';
import { text } from './text';

export const REGION_URL = 'region:';

export const LAYER = {
  drawing: DRAWING.key,
  provenance: 'provenance',
  heat: 'heat',
  fused: FUSED,
  whatIf: 'what-if',
  region: 'region',
} as const;

const REGION_SCHEME: LabelScheme = { labels: [{ value: 1, name: 'Region', color: REGION_COLOR }], regions: [] };

interface Changing {
  /** The last edit that the server has; the map of who decided what is fetched for it. */
  readonly provenance: { readonly head: number; readonly scheme: LabelScheme } | null;
  /** Where the labelmap of a tried fusion lies. */
  readonly whatIf: string | null;
}

export function layersOf({ id, raters, scheme }: Adjudication, { provenance, whatIf }: Changing): CaseOverlay[] {
  const outline = (color: string) => ({ style: 'outline', color, opacity: 0.95 }) as const;
  return [
    { ...DRAWING, name: text.layers.drawing, scheme, default_visible: true, edited: true },
    ...(provenance
      ? [
          {
            key: LAYER.provenance,
            name: text.layers.provenance,
            url: provenanceUrl(id, provenance.head),
            scheme: provenance.scheme,
            default_visible: true,
            look: { style: 'fill', opacity: 0.6 } as const,
          },
        ]
      : []),
    {
      key: LAYER.heat,
      name: text.layers.heat,
      url: sourceUrl(id, 'entropy'),
      scheme: HEAT_SCHEME,
      look: { style: 'fill', opacity: 0.7 },
    },
    {
      // A veil, and below the outlines: its border is made of them.
      key: LAYER.region,
      name: text.layers.region,
      url: REGION_URL,
      scheme: REGION_SCHEME,
      default_visible: true,
      edited: true,
      look: { style: 'fill', opacity: 0.28 },
    },
    { key: FUSED, name: text.layers.fused, url: sourceUrl(id, FUSED), scheme, look: outline(FUSED_COLOR) },
    ...raters.map(({ key }) => ({
      key,
      name: text.rater(key),
      url: sourceUrl(id, key),
      scheme,
      default_visible: true,
      look: outline(sourceColor(key)),
    })),
    ...(whatIf
      ? [{ key: LAYER.whatIf, name: text.layers.whatIf, url: whatIf, scheme, default_visible: true, look: outline(WHAT_IF_COLOR) }]
      : []),
  ];
}
