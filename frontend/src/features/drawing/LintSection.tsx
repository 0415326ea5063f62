import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconChevronLeft, IconChevronRight, IconWand } from '@tabler/icons-react';
import { useEffect } from 'react';

import { type Finding, formatVolume_ml, useNameWithKey, useSession, useStore } from '~/viewer';

import { useLabelEditor } from './editorContext';
import { lintText, text } from './text';
import classes from './Drawing.module.css';

/** What the linter has found, to go to and to mend. */
export function LintSection() {
  const editor = useLabelEditor();
  const session = useSession();
  const { linting } = editor;
  useEffect(() => linting.watch(session), [linting, session]);
  const { findings, isBehind } = useStore(linting.state, (state) => state);
  const previous = useNameWithKey(lintText.previous, 'lint.previous');
  const next = useNameWithKey(lintText.next, 'lint.next');
  const count = findings?.length ?? 0;
  return (
    <section className={classes.section} aria-label={lintText.title} data-findings={isBehind ? undefined : count}>
      <h3 className={classes.heading}>
        {lintText.title}
        <span className={classes.pair}>
          {isBehind ? lintText.looking : findings ? lintText.count(count) : lintText.nothing}
          <Arrow name={previous} icon={<IconChevronLeft size={15} aria-hidden />} disabled={count === 0} onClick={() => linting.step(-1)} />
          <Arrow name={next} icon={<IconChevronRight size={15} aria-hidden />} disabled={count === 0} onClick={() => linting.step(1)} />
        </span>
      </h3>
      {findings && count > 0 && (
        <ol className={classes.findings}>
          {findings.map((finding, place) => (
            <FindingRow key={`${finding.kind}-${finding.voxels[0] ?? 0}`} finding={finding} place={place} />
          ))}
        </ol>
      )}
    </section>
  );
}

interface ArrowProps {
  readonly name: string;
  readonly icon: React.ReactNode;
  readonly disabled: boolean;
  readonly onClick: () => void;
}

function Arrow({ name, icon, disabled, onClick }: ArrowProps) {
  return (
    <Tooltip label={name}>
      <ActionIcon size="sm" variant="subtle" color="gray" aria-label={name} disabled={disabled} onClick={onClick}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}

function FindingRow({ finding, place }: { readonly finding: Finding; readonly place: number }) {
  const editor = useLabelEditor();
  const chosen = useStore(editor.linting.state, (state) => state.chosen === place);
  const nameOf = (label: number) => editor.scheme.labels.find(({ value }) => value === label)?.name ?? text.overBackground;
  const mend = finding.becomes === 0 ? lintText.erase : lintText.become(nameOf(finding.becomes));
  const mendWords = useNameWithKey(mend, chosen ? 'lint.fix' : '');
  const words = lintText.finding(finding, nameOf(finding.label));
  return (
    <li className={classes.finding} data-chosen={chosen}>
      <button type="button" className={classes.step} aria-current={chosen} onClick={() => editor.linting.goTo(place)}>
        <i className={classes.swatch} style={finding.label === 0 ? undefined : { background: editor.color(finding.label) }} aria-hidden />
        <span className={classes.findingName}>{words}</span>
        <span className={classes.volume}>{formatVolume_ml(finding.volume_ml)}</span>
      </button>
      <Tooltip label={mendWords}>
        <Button
          size="compact-xs"
          variant={chosen ? 'filled' : 'default'}
          aria-label={`${lintText.fix} ${words}: ${mend}`}
          leftSection={<IconWand size={13} aria-hidden />}
          onClick={() => editor.linting.fix(place)}
        >
          {lintText.fix}
        </Button>
      </Tooltip>
    </li>
  );
}
