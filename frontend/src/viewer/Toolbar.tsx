import { ActionIcon, SegmentedControl, Tooltip } from '@mantine/core';
import {
  IconCrosshair,
  IconCube,
  IconCube3dSphere,
  IconEye,
  IconEyeOff,
  IconKeyboard,
  IconLayoutBoardSplit,
  IconLayoutGrid,
  IconLayoutSidebarRightCollapse,
  IconLayoutSidebarRightExpand,
  IconLayersSubtract,
  IconRefresh,
  IconRuler2,
  IconSquare,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';

import { slotsOf } from './content';
import { type Plane, PLANES } from './core/planes';
import { useNameWithKey } from './Keyboard';
import { useSession, useViewer } from './session';
import { type Layout, resetView, shows3d, toggle3d, type ViewerState } from './state';
import classes from './Toolbar.module.css';

const ICON = { size: 17, stroke: 1.6 } as const;

const LAYOUTS: readonly { value: Layout; name: string; icon: ReactNode }[] = [
  { value: 'sequences', name: 'All sequences', icon: <IconLayoutGrid {...ICON} /> },
  { value: 'planes', name: 'Three planes', icon: <IconLayoutBoardSplit {...ICON} /> },
  { value: 'planes-3d', name: 'Three planes and 3D', icon: <IconCube {...ICON} /> },
  { value: '3d', name: '3D alone', icon: <IconCube3dSphere {...ICON} /> },
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
      {(layout === 'sequences' || layout === 'single') && <PlaneControl />}
      {layout !== 'sequences' && layout !== '3d' && <SequenceControl />}
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
        <ThreeDAction />
        <span className={classes.spacer} />
        <ViewActions />
      </div>
    </div>
  );
}

function ThreeDAction() {
  const { store } = useSession();
  const pressed = useViewer((state) => shows3d(state.layout));
  const name = useNameWithKey('Labels in 3D', 'layout.3d');
  return <Action name={name} icon={<IconCube {...ICON} />} pressed={pressed} onClick={() => store.update(toggle3d)} />;
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
  const measuring = useViewer((state) => state.measuring);
  const subtraction = useViewer((state) => state.subtraction);
  const hasSubtraction = useViewer((_, content) => content.images.find(({ difference }) => difference)?.name ?? null);
  const change = (patch: (state: ViewerState) => ViewerState) => () => store.update(patch);
  return (
    <>
      <Action
        name={overlaysOn ? 'Hide overlays' : 'Show overlays'}
        binding="overlays"
        icon={overlaysOn ? <IconEye {...ICON} /> : <IconEyeOff {...ICON} />}
        pressed={overlaysOn}
        onClick={change((state) => ({ ...state, overlaysOn: !state.overlaysOn }))}
      />
      <Action
        name={crosshairShown ? 'Hide the crosshair' : 'Show the crosshair'}
        binding="crosshair"
        icon={<IconCrosshair {...ICON} />}
        pressed={crosshairShown}
        onClick={change((state) => ({ ...state, crosshairShown: !state.crosshairShown }))}
      />
      <Action
        name="Ruler: drag to measure"
        binding="ruler"
        icon={<IconRuler2 {...ICON} />}
        pressed={measuring}
        onClick={change((state) => ({ ...state, measuring: !state.measuring }))}
      />
      {hasSubtraction && (
        <Action
          name={`Pane of ${hasSubtraction}`}
          binding="subtraction"
          icon={<IconLayersSubtract {...ICON} />}
          pressed={subtraction}
          onClick={change((state) => ({ ...state, subtraction: !state.subtraction }))}
        />
      )}
      <Action name="Reset zoom, pan and windows" binding="reset" icon={<IconRefresh {...ICON} />} onClick={change(resetView)} />
      <Action
        name="Keys and pointer"
        binding="keys"
        icon={<IconKeyboard {...ICON} />}
        onClick={change((state) => ({ ...state, keySheetOpen: true }))}
      />
    </>
  );
}

interface ActionProps {
  readonly name: string;
  /** Whose key the name mentions. */
  readonly binding?: string;
  readonly icon: ReactNode;
  readonly pressed?: boolean;
  readonly onClick: () => void;
}

function Action({ name, binding = '', icon, pressed, onClick }: ActionProps) {
  const words = useNameWithKey(name, binding);
  return (
    <Tooltip label={words} openDelay={400}>
      <ActionIcon
        className={classes.action}
        variant="subtle"
        size="lg"
        color="gray"
        aria-label={words}
        aria-pressed={pressed}
        onClick={onClick}
      >
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
