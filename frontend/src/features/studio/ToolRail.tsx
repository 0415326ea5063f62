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
} from '@tabler/icons-react';
import type { ReactNode } from 'react';

import { useStore } from '~/viewer';

import { useStudio } from './studioContext';
import { text } from './text';
import { ACTION_KEYS, type ActionKey, ACTIONS, TOOL_KEYS, type ToolKey, TOOLS } from './toolset';
import classes from './Studio.module.css';

const ICON = { size: 19, stroke: 1.6, 'aria-hidden': true } as const;

const TOOL_ICONS: Readonly<Record<ToolKey, ReactNode>> = {
  navigate: <IconPointer {...ICON} />,
  brush: <IconBrush {...ICON} />,
  eraser: <IconEraser {...ICON} />,
  threshold: <IconPaint {...ICON} />,
  lasso: <IconLassoPolygon {...ICON} />,
  fill: <IconBucketDroplet {...ICON} />,
  grow: <IconTopologyStar3 {...ICON} />,
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
  const studio = useStudio();
  const chosen = useStore(studio.tools, ({ tool }) => tool);
  return (
    <div className={classes.rail}>
      <div className={classes.railGroup} role="radiogroup" aria-label={text.tools}>
        {TOOL_KEYS.map((tool) => (
          <RailButton
            key={tool}
            {...TOOLS[tool]}
            icon={TOOL_ICONS[tool]}
            role="radio"
            aria-checked={tool === chosen}
            onClick={() => studio.choose({ tool })}
          />
        ))}
      </div>
      <div className={classes.railGroup} role="group" aria-label={text.actions}>
        {ACTION_KEYS.map((action) => (
          <RailButton key={action} {...ACTIONS[action]} icon={ACTION_ICONS[action]} onClick={() => studio.act(action)} />
        ))}
      </div>
    </div>
  );
}

interface RailButtonProps {
  readonly name: string;
  readonly letter: string;
  readonly hint: string;
  readonly icon: ReactNode;
  readonly role?: 'radio';
  readonly 'aria-checked'?: boolean;
  readonly onClick: () => void;
}

function RailButton({ name, letter, hint, icon, ...rest }: RailButtonProps) {
  return (
    <Tooltip label={`${name} (${letter.toUpperCase()}): ${hint}`} position="right" multiline maw={260}>
      <UnstyledButton className={classes.railButton} aria-label={name} {...rest}>
        {icon}
        <span className={classes.railKey} aria-hidden>
          {letter.toUpperCase()}
        </span>
      </UnstyledButton>
    </Tooltip>
  );
}
