/** A fusion method's parameters as a form holds them, and as they are said. Pure. */
import type { FusionMethod } from '../queries';

export type Parameter = FusionMethod['parameters'][number];
export type ParameterValue = Parameter['default'];
/** By name, as typed: 1e-7 stays as it is until it is sent. */
export type Typed = Readonly<Record<string, string>>;

/** What the form begins with: what is set, else the defaults. */
export function typedOf(method: FusionMethod, set: Readonly<Record<string, ParameterValue>> = {}): Typed {
  return Object.fromEntries(
    method.parameters.map(({ name, default: usual }) => [name, String(set[name] ?? usual)]),
  );
}

/** The value typed, or null where it is none that the parameter takes. */
export function readParameter(parameter: Parameter, typed: string): ParameterValue | null {
  const { kind, choices, minimum, maximum } = parameter;
  if (kind === 'choice') return choices.includes(typed) ? typed : null;
  const value = typed.trim() === '' ? Number.NaN : Number(typed);
  if (!Number.isFinite(value) || (kind === 'integer' && !Number.isInteger(value))) return null;
  return value < (minimum ?? -Infinity) || value > (maximum ?? Infinity) ? null : value;
}

/** All values, or null where one cannot be read. */
export function readParameters(method: FusionMethod, typed: Typed): Record<string, ParameterValue> | null {
  const values = method.parameters.map(({ name }) => [name, typed[name] ?? ''] as const);
  const read = method.parameters.map((parameter, place) => readParameter(parameter, values[place]?.[1] ?? ''));
  if (read.includes(null)) return null;
  return Object.fromEntries(method.parameters.map(({ name }, place) => [name, read[place] ?? '']));
}

/** Which values a number may have: "0 to 10"; for a choice nothing. */
export function rangeOf({ kind, minimum, maximum }: Parameter): string | null {
  if (kind === 'choice' || minimum === null || maximum === null) return null;
  return `${minimum} to ${maximum}`;
}

/** A parameter's name in words: `keep_at_least` is "Keep at least". */
export function nameInWords(name: string): string {
  const words = name.replace(/_(mm|voxels)$/, ' ($1)').replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What is not as usual, in words: "Spread 2, Keep at least 4"; empty where all are defaults. */
export function unusual(method: FusionMethod | undefined, set: Readonly<Record<string, ParameterValue>>): string {
  const usual = new Map(method?.parameters.map(({ name, default: value }) => [name, value]));
  return Object.entries(set)
    .filter(([name, value]) => usual.get(name) !== value)
    .map(([name, value]) => `${nameInWords(name)} ${String(value).replaceAll('_', ' ')}`)
    .join(', ');
}

export function isSame(
  one: Readonly<Record<string, ParameterValue>>,
  other: Readonly<Record<string, ParameterValue>>,
): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => one[name] === other[name]);
}

/** A version's method with what is not as usual: "SIMPLE (Spread 2)"; of what was imported or adjudicated the word alone. */
export function methodInWords(
  methods: readonly FusionMethod[],
  key: string,
  set: Readonly<Record<string, ParameterValue>>,
): string {
  const method = methods.find((offered) => offered.key === key);
  if (!method) return key;
  const different = unusual(method, set);
  return different ? `${method.name} (${different})` : method.name;
}
