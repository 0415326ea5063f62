/** The names of metric sets, such as "2 brats2023 nsd 1", in words. Pure. */
import type { MetricCatalogue } from '~/api/types';
import { formatList } from '~/format';

const NAME = /^(\S+)(?: (\S+) nsd((?: \d+(?:\.\d+)?)*))?$/;

type Rules = MetricCatalogue['lesion_rules'];

/** "version 2; lesions as in BraTS 2023, glioma; surface Dice at 1 mm"; the name itself where it is not understood. */
export function metricSetInWords(name: string, rules: Rules): string {
  return partsOf(name, rules).join('; ');
}

/** Of two sets only the parts that differ, each in words. */
export function metricSetChange(then: string, now: string, rules: Rules): { then: string; now: string } {
  const [before, after] = [partsOf(then, rules), partsOf(now, rules)];
  const differs = (_: string, part: number) => before.length !== after.length || before[part] !== after[part];
  return { then: before.filter(differs).join('; '), now: after.filter(differs).join('; ') };
}

function partsOf(name: string, rules: Rules): string[] {
  const [, version, slug, tolerances = ''] = NAME.exec(name) ?? [];
  if (!version) return [name];
  const byRules = slug ? [`lesions as in ${rules.find(({ key }) => key === slug)?.name ?? slug}`] : [];
  const at = tolerances.trim() ? [`surface Dice at ${formatList(tolerances.trim().split(' '))} mm`] : [];
  return [`version ${version}`, ...byRules, ...at];
}
