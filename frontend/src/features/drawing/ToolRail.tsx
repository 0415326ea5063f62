import { Tooltip, UnstyledButton } from '@mantine/core';
import {
  IconBrush,
  IconBucketDroplet,
  IconCircleDotted,
  IconCopyPlus,
  IconEraser,
  IconLassoPolygon,
  IconPaint,
  IconPlant2,
  IconPointer,
  IconScissors,
  IconStack2,
  IconTopologyStar3,
  IconZoomQuestion,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';

import { useKeyOf, useNameWithKey, useStore } from '~/viewer';

import { useLabelEditor } from './editorContext';
import { takeTool } from './keys';
import { text } from './text';
import { ACTION_KEYS, type ActionKey, ACTIONS, type ToolKey, TOOLS } from './toolset';
import classes from './Drawing.module.css';

const ICON = { size: 19, stroke: 1.6, 'aria-hidden': true } as const;

const TOOL_ICONS: Readonly<Record<ToolKey, ReactNode>> = {
  navigate: <IconPointer {...ICON} />,
  brush: <IconBrush {...ICON} />,
  eraser: <IconEraser {...ICON} />,
  threshold: <IconPaint {...ICON} />,
  lasso: <IconLassoPolygon {...ICON} />,
  fill: <IconBucketDroplet {...ICON} />,
  grow: <IconTopologyStar3 {...ICON} />,
  unsure: <IconZoomQuestion {...ICON} />,
};

const ACTION_ICONS: Readonly<Record<ActionKey, ReactNode>> = {
  interpolate: <IconStack2 {...ICON} />,
  growcut: <IconPlant2 {...ICON} />,
  holes: <IconCircleDotted {...ICON} />,
  islands: <IconScissors {...ICON} />,
  copy: <IconCopyPlus {...ICON} />,
};

/** Tools to choose, and what is done at once; each with its key. */
export function ToolRail() {
  const editor = useLabelEditor();
  const chosen = useStore(editor.tools, ({ tool }) => tool);
  return (
    <div className={classes.rail}>
      <div className={classes.railGroup} role="radiogroup" aria-label={text.tools}>
        {editor.toolKeys.map((tool) => (
          <RailButton
            key={tool}
            {...TOOLS[tool]}
            icon={TOOL_ICONS[tool]}
            role="radio"
            aria-checked={tool === chosen}
            binding={`tool.${tool}`}
            onClick={() => takeTool(editor, tool)}
          />
        ))}
      </div>
      <div className={classes.railGroup} role="group" aria-label={text.actions}>
        {ACTION_KEYS.map((action) => (
          <RailButton
            key={action}
            {...ACTIONS[action]}
            icon={ACTION_ICONS[action]}
            binding={`action.${action}`}
            onClick={() => editor.act(action)}
          />
        ))}
      </div>
    </div>
  );
}

interface RailButtonProps {
  readonly name: string;
  /** Whose key it shows. */
  readonly binding: string;
  readonly hint: string;
  readonly icon: ReactNode;
  readonly role?: 'radio';
  readonly 'aria-checked'?: boolean;
  readonly onClick: () => void;
}

function RailButton({ name, binding, hint, icon, role, onClick, 'aria-checked': checked }: RailButtonProps) {
  const key = useKeyOf(binding);
  return (
    <Tooltip label={`${useNameWithKey(name, binding)}: ${hint}`} position="right" multiline maw={260}>
      <UnstyledButton
        className={classes.railButton}
        aria-label={name}
        data-key={key}
        role={role}
        aria-checked={checked}
        onClick={onClick}
      >
        {icon}
      </UnstyledButton>
    </Tooltip>
  );
}
