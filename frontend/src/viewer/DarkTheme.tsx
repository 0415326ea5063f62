import { MantineProvider, mergeThemeOverrides, Portal, useMantineTheme } from '@mantine/core';
import { type ReactNode, useMemo, useState } from 'react';

import { cssVariables } from '~/theme';

import classes from './DarkTheme.module.css';

interface DarkThemeProps {
  readonly children: ReactNode;
}

/** Images are read in the dark whatever the page's theme: the page's own design, always in its dark scheme. */
export function DarkTheme({ children }: DarkThemeProps) {
  const [root, setRoot] = useState<HTMLDivElement | null>(null);
  const page = useMantineTheme();
  // Menus and dialogs would open outside the dark part if they were not told to stay inside.
  const theme = useMemo(
    () => mergeThemeOverrides(page, { components: { Portal: Portal.extend({ defaultProps: { target: root ?? undefined } }) } }),
    [page, root],
  );
  return (
    <div ref={setRoot} className={classes.root} data-case-viewer data-mantine-color-scheme="dark">
      {root && (
        <MantineProvider
          theme={theme}
          cssVariablesResolver={cssVariables}
          forceColorScheme="dark"
          cssVariablesSelector="[data-case-viewer]"
          // Defaults too: around it the page may be light.
          deduplicateCssVariables={false}
          getRootElement={() => root}
          withGlobalClasses={false}
        >
          {children}
        </MantineProvider>
      )}
    </div>
  );
}
