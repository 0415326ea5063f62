/** The one design: a calm petrol accent on paper or ink, a scholarly serif for titles, tabular figures everywhere. */
import {
  ActionIcon,
  Anchor,
  Badge,
  Button,
  Card,
  createTheme,
  defaultVariantColorsResolver,
  type CSSVariablesResolver,
  type MantineColorsTuple,
  Modal,
  Paper,
  Table,
  Tabs,
  Tooltip,
  type VariantColorsResolver,
} from '@mantine/core';

const petrol: MantineColorsTuple = [
  '#e7f4f7', '#d0e7ed', '#a5d1dc', '#77bbcb', '#4ea7bb', '#2f95ab', '#147c92', '#0b6478', '#0a5163', '#083f4d',
];

/** Warm greys of paper. */
const gray: MantineColorsTuple = [
  '#faf9f7', '#f4f3f0', '#e8e7e2', '#dad9d3', '#c3c2bb', '#a3a39c', '#7f807b', '#5c605f', '#3d4346', '#22292c',
];

/** Blue-black of a reading room's light box: 0 is text, 7 the page. */
const dark: MantineColorsTuple = [
  '#dde5e7', '#b9c5c9', '#93a3a9', '#6b7c83', '#3a4a51', '#2a383e', '#1a2428', '#10181b', '#0c1214', '#080d0f',
];

export const SERIF = "'Source Serif 4 Variable', 'Source Serif 4', Georgia, serif";

/** Mantine's pale variant with words dark (or light) enough for WCAG AA in every colour. */
const variantColors: VariantColorsResolver = (input) => {
  const colors = defaultVariantColorsResolver(input);
  if (input.variant !== 'light' || !input.color || input.color.includes('-')) return colors;
  const name = `--mantine-color-${input.color}`;
  return { ...colors, color: `light-dark(color-mix(in srgb, var(${name}-9) 72%, black), var(${name}-2))` };
};

export const theme = createTheme({
  variantColorResolver: variantColors,
  primaryColor: 'petrol',
  primaryShade: { light: 7, dark: 6 },
  colors: { petrol, gray, dark },
  black: '#172024',
  fontFamily: "'Inter Variable', Inter, system-ui, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', 'Roboto Mono', monospace",
  headings: {
    fontFamily: SERIF,
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '2rem', lineHeight: '1.18' },
      h2: { fontSize: '1.4rem', lineHeight: '1.25' },
      h3: { fontSize: '1.1rem', lineHeight: '1.35' },
    },
  },
  defaultRadius: 'sm',
  radius: { xs: '3px', sm: '5px', md: '8px', lg: '12px', xl: '20px' },
  fontSizes: { xs: '0.78rem', sm: '0.875rem', md: '0.95rem', lg: '1.1rem', xl: '1.3rem' },
  focusRing: 'auto',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', color: 'gray' } }),
    Anchor: Anchor.extend({ defaultProps: { underline: 'hover' } }),
    Badge: Badge.extend({
      defaultProps: { radius: 'xs', variant: 'light' },
      styles: { root: { textTransform: 'none', fontWeight: 600, letterSpacing: 0 } },
    }),
    Button: Button.extend({ styles: { root: { fontWeight: 550 } } }),
    Card: Card.extend({ defaultProps: { withBorder: true, radius: 'md' } }),
    Modal: Modal.extend({ defaultProps: { centered: true, radius: 'md', closeButtonProps: { 'aria-label': 'Close' } } }),
    Paper: Paper.extend({ defaultProps: { withBorder: true, radius: 'md' } }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 7, horizontalSpacing: 'sm', fz: 'sm' } }),
    Tabs: Tabs.extend({ defaultProps: { keepMounted: false } }),
    Tooltip: Tooltip.extend({ defaultProps: { withArrow: true, openDelay: 300 } }),
  },
});

/** Tokens beyond Mantine's: surfaces, and marks that mean the same wherever they appear. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#faf9f7',
    '--mantine-color-dimmed': '#5a6468',
    '--mantine-color-placeholder': '#6b7478',
    '--mantine-color-anchor': '#0b6478',
    '--mantine-color-default-border': '#dddcd6',
    '--surface': '#ffffff',
    '--surface-sunken': '#f2f1ed',
    '--hairline': '#e3e2dc',
    '--accent': '#0b6478',
    '--accent-wash': '#e7f4f7',
    '--flash': '#cfe9ef',
    '--region-1': '#bd8200',
    '--region-2': '#cb4823',
    '--region-3': '#7444c2',
    '--region-4': '#1f8560',
    '--region-5': '#b03a74',
    '--human': '#4d5a60',
    '--human-band': '#4d5a6024',
    '--good': '#1b7a4b',
    '--warn': '#9a6200',
    '--bad': '#b3261e',
    // Words on light badges and buttons: Mantine's own are too pale to read on paper.
    '--mantine-color-teal-light-color': '#076b4d',
    '--mantine-color-green-light-color': '#1d6b2a',
    '--mantine-color-yellow-light-color': '#7d4e00',
    '--mantine-color-orange-light-color': '#9a3412',
    '--mantine-color-red-light-color': '#a61e1e',
    '--mantine-color-grape-light-color': '#7b2b91',
    '--mantine-color-gray-light-color': '#4a5357',
  },
  dark: {
    '--mantine-color-body': '#10181b',
    '--mantine-color-dimmed': '#9aa9af',
    '--mantine-color-placeholder': '#82929a',
    '--mantine-color-anchor': '#6cc5d6',
    '--mantine-color-default-border': '#2a383e',
    '--surface': '#151f23',
    '--surface-sunken': '#0d1416',
    '--hairline': '#25333a',
    '--accent': '#6cc5d6',
    '--accent-wash': '#12303a',
    '--flash': '#17424e',
    '--region-1': '#e6b545',
    '--region-2': '#f5835c',
    '--region-3': '#b49af6',
    '--region-4': '#5cc99b',
    '--region-5': '#ee8bb8',
    '--human': '#aebbc0',
    '--human-band': '#aebbc026',
    '--good': '#63c995',
    '--warn': '#e6b155',
    '--bad': '#ff8f85',
  },
});
