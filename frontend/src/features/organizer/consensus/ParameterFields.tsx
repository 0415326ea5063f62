import { Group, NativeSelect, SimpleGrid, TextInput, UnstyledButton } from '@mantine/core';

import type { FusionMethod } from '../queries';
import classes from './consensus.module.css';
import { nameInWords, type Parameter, rangeOf, readParameter, type Typed, typedOf } from './parameters';
import { text } from './text';

interface ParameterFieldsProps {
  readonly method: FusionMethod;
  readonly typed: Typed;
  readonly onChange: (typed: Typed) => void;
}

/** A field for every parameter that the method takes. */
export function ParameterFields({ method, typed, onChange }: ParameterFieldsProps) {
  const usual = typedOf(method);
  const isUsual = method.parameters.every(({ name }) => typed[name] === usual[name]);
  return (
    <SimpleGrid component="fieldset" cols={{ base: 1, sm: 2 }} spacing="md" className={classes.parameters}>
      <legend className={classes.legend}>
        <Group justify="space-between" gap="xs">
          {text.parameters.title(method.name)}
          {!isUsual && (
            <UnstyledButton className={classes.reset} onClick={() => onChange(usual)}>
              {text.parameters.reset}
            </UnstyledButton>
          )}
        </Group>
      </legend>
      {method.parameters.map((parameter) => (
        <Field
          key={parameter.name}
          parameter={parameter}
          typed={typed[parameter.name] ?? ''}
          onChange={(value) => onChange({ ...typed, [parameter.name]: value })}
        />
      ))}
    </SimpleGrid>
  );
}

interface FieldProps {
  readonly parameter: Parameter;
  readonly typed: string;
  readonly onChange: (typed: string) => void;
}

function Field({ parameter, typed, onChange }: FieldProps) {
  const { name, kind, description, choices, default: usual } = parameter;
  const label = nameInWords(name);
  if (kind === 'choice') {
    return (
      <NativeSelect
        label={label}
        description={description}
        data={choices.map((choice) => ({ value: choice, label: text.parameters.choice(choice, choice === usual) }))}
        value={typed}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      />
    );
  }
  const range = rangeOf(parameter);
  return (
    <TextInput
      label={label}
      description={`${description} ${text.parameters.usual(String(usual))}`}
      inputMode={kind === 'integer' ? 'numeric' : 'decimal'}
      value={typed}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
      error={readParameter(parameter, typed) === null ? text.parameters.wrong(kind, range) : undefined}
    />
  );
}
