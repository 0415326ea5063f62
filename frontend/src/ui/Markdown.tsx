import { Table, TypographyStylesProvider } from '@mantine/core';
import { Anchor } from '@mantine/core';
import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';

/** Headings start below the page's own. */
const COMPONENTS: Components = {
  h1: ({ children }) => <h3>{children}</h3>,
  h2: ({ children }) => <h3>{children}</h3>,
  h3: ({ children }) => <h4>{children}</h4>,
  a: ({ href, children }) => (
    <Anchor href={href} rel="noreferrer nofollow">
      {children}
    </Anchor>
  ),
  table: ({ children }) => (
    <Table.ScrollContainer minWidth={320}>
      <Table>{children}</Table>
    </Table.ScrollContainer>
  ),
};

/** What organizers wrote. HTML in it is shown as text, never run; images of other sites are not loaded. */
export function Markdown({ children }: { readonly children: string }) {
  return (
    <TypographyStylesProvider p={0} maw={720}>
      <ReactMarkdown remarkPlugins={[remarkGfm]} components={COMPONENTS} disallowedElements={['img']}>
        {children}
      </ReactMarkdown>
    </TypographyStylesProvider>
  );
}
