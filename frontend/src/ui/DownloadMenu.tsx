import { Button, Menu } from '@mantine/core';
import { IconDownload, type TablerIcon } from '@tabler/icons-react';

export interface DownloadFile {
  readonly href: string;
  /** What it is called on the reader's disk; without it the server says. */
  readonly name?: string;
  readonly label: string;
  readonly icon: TablerIcon;
}

/** What can be taken away: tables, and drawings as they go into a paper. */
export function DownloadMenu({ label, files }: { readonly label: string; readonly files: readonly DownloadFile[] }) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />}>
          {label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {files.map(({ href, name, label: file, icon: Icon }) => (
          <Menu.Item key={href} component="a" href={href} download={name ?? true} leftSection={<Icon size={16} aria-hidden />}>
            {file}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
