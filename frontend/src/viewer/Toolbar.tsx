import { ActionIcon, SegmentedControl, Tooltip } from '@mantine/core';
import {
  IconCrosshair,
  IconEye,
  IconEyeOff,
  IconKeyboard,
  IconLayoutBoardSplit,
  IconLayoutGrid,
  IconLayoutSidebarRightCollapse,
  IconLayoutSidebarRightExpand,
  IconRefresh,
  IconSquare,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';

import { slotsOf } from './content';
import { type Plane, PLANES } from './core/planes';
import { useSession, useViewer } from './session';
import { type Layout, resetView, type ViewerState } from './state';
import classes from './Toolbar.module.css';

const ICON = { size: 17, stroke: 1.6 } as const;

const LAYOUTS: readonly { value: Layout; name: string; icon: ReactNode }[] = [
  { value: 'sequences', name: 'All sequences', icon: <IconLayoutGrid {...ICON} /> },
  { value: 'planes', name: 'Three planes', icon: <IconLayoutBoardSplit {...ICON} /> },
  { value: 'single', name: 'One pane', icon: <IconSquare {...ICON} /> },
];

interface ToolbarProps {
  readonly title?: string;
  readonly panelOpen: boolean;
  readonly onTogglePanel: () => void;
  /** More, at the far end. */
  readonly children?: ReactNode;
}

export function Toolbar({ title, panelOpen, onTogglePanel, children }: ToolbarProps) {
  const layout = useViewer((state) => state.layout);
  return (
    <div className={classes.toolbar} role="toolbar" aria-label="View">
      {title && <h2 className={classes.title}>{title}</h2>}
      <LayoutControl />
      {layout !== 'planes' && <PlaneControl />}
      {layout !== 'sequences' && <SequenceControl />}
      <span className={classes.spacer} />
      <ViewActions />
      <Action
        name={panelOpen ? 'Close the panel' : 'Open the panel'}
        icon={panelOpen ? <IconLayoutSidebarRightCollapse {...ICON} /> : <IconLayoutSidebarRightExpand {...ICON} />}
        onClick={onTogglePanel}
      />
      {children}
    </div>
  );
}

export function CompactToolbar({ title }: { readonly title?: string }) {
  return (
    <div className={classes.compact} role="toolbar" aria-label="View">
      {title && <h2 className={classes.title}>{title}</h2>}
      <SequenceControl fullWidth />
      <div className={classes.compactRow}>
        <PlaneControl />
        <span className={classes.spacer} />
        <ViewActions />
      </div>
    </div>
  );
}

function LayoutControl() {
  const { store } = useSession();
  const layout = useViewer((state) => state.layout);
  return (
    <SegmentedControl
      size="xs"
      aria-label="Layout"
      value={layout}
      onChange={(value) => store.update((state) => ({ ...state, layout: value as Layout }))}
      data={LAYOUTS.map(({ value, name, icon }) => ({
        value,
        label: (
          <Tooltip label={name}>
            <span className={classes.layoutIcon} role="img" aria-label={name}>
              {icon}
            </span>
          </Tooltip>
        ),
      }))}
    />
  );
}

function PlaneControl() {
  const { store } = useSession();
  const plane = useViewer((state) => state.plane);
  return (
    <SegmentedControl
      size="xs"
      aria-label="Plane"
      value={plane}
      onChange={(value) => store.update((state) => ({ ...state, plane: value as Plane }))}
      data={PLANES.map((value) => ({ value, label: `${value.charAt(0).toUpperCase()}${value.slice(1)}` }))}
    />
  );
}

function SequenceControl({ fullWidth = false }: { readonly fullWidth?: boolean }) {
  const { store, content } = useSession();
  const slot = useViewer((state) => state.slot);
  return (
    <SegmentedControl
      size="xs"
      fullWidth={fullWidth}
      aria-label="Sequence"
      value={String(slot)}
      onChange={(value) => store.update((state) => ({ ...state, slot: Number(value) }))}
      data={slotsOf(content).map(({ name, kind }, index) => ({
        value: String(index),
        label: kind === 'missing' ? <s>{name}</s> : name,
      }))}
    />
  );
}

function ViewActions() {
  const { store } = useSession();
  const overlaysOn = useViewer((state) => state.overlaysOn);
  const crosshairShown = useViewer((state) => state.crosshairShown);
  const change = (patch: (state: ViewerState) => ViewerState) => () => store.update(patch);
  return (
    <>
      <Action
        name={overlaysOn ? 'Hide overlays (O)' : 'Show overlays (O)'}
        icon={overlaysOn ? <IconEye {...ICON} /> : <IconEyeOff {...ICON} />}
        pressed={overlaysOn}
        onClick={change((state) => ({ ...state, overlaysOn: !state.overlaysOn }))}
      />
      <Action
        name={crosshairShown ? 'Hide the crosshair (X)' : 'Show the crosshair (X)'}
        icon={<IconCrosshair {...ICON} />}
        pressed={crosshairShown}
        onClick={change((state) => ({ ...state, crosshairShown: !state.crosshairShown }))}
      />
      <Action name="Reset zoom, pan and windows (R)" icon={<IconRefresh {...ICON} />} onClick={change(resetView)} />
      <Action
        name="Keys and pointer (?)"
        icon={<IconKeyboard {...ICON} />}
        onClick={change((state) => ({ ...state, keySheetOpen: true }))}
      />
    </>
  );
}

interface ActionProps {
  readonly name: string;
  readonly icon: ReactNode;
  readonly pressed?: boolean;
  readonly onClick: () => void;
}

function Action({ name, icon, pressed, onClick }: ActionProps) {
  return (
    <Tooltip label={name} openDelay={400}>
      <ActionIcon
        className={classes.action}
        variant="subtle"
        size="lg"
        color="gray"
        aria-label={name}
        aria-pressed={pressed}
        onClick={onClick}
      >
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
