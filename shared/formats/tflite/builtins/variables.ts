/**
 * Variables that operators read and set. One that the model itself sets is an input and an output of the
 * ONNX model; one that is set once at the start is a constant.
 */
import { Unconvertible } from '../../build/unconvertible.ts';
import type { BuiltinTable, OperatorTranslation } from '../operator-translation.ts';
import type { TfliteOperator } from '../tflite-model.ts';

/** What names a variable in all subgraphs. */
export const variableName = ({ options }: TfliteOperator): string =>
  [options.text('container'), options.text('shared_name')].filter(Boolean).join('/') || 'variable';

const variableOf = (o: OperatorTranslation): string => o.graph.handle(o.index(0));

/** Whether operators of the main subgraph set it. */
const isSetInRun = (o: OperatorTranslation, variable: string): boolean => {
  const { operators } = o.model.main;
  const handles = new Set(
    operators
      .filter((item) => item.op === 'VAR_HANDLE' && variableName(item) === variable)
      .flatMap((item) => item.outputs),
  );
  return operators.some(
    (item) => item.op === 'ASSIGN_VARIABLE' && handles.has(item.inputs[0] ?? -1),
  );
};

export const VARIABLES: BuiltinTable = {
  VAR_HANDLE: (o) => {
    o.graph.setHandle(o.operator.outputs[0] ?? -1, variableName(o.operator));
    return [];
  },
  ASSIGN_VARIABLE: (o) => {
    const variable = variableOf(o);
    const index = o.index(1);
    const reference = o.graph.value(index);
    const isPlain = o.graph.isConstant(index) && o.tensor(1).quantization === undefined;
    const constant = isPlain ? o.graph.constant(index) : undefined;
    o.model.variables.set(variable, { reference, constant });
    o.model.setState(variable, reference);
    return [];
  },
  READ_VARIABLE: (o) => {
    const variable = variableOf(o);
    if (isSetInRun(o, variable) && !o.model.hasState(variable)) {
      const reference = o.model.addState(variable, variable, o.output(0), o.graph.list);
      o.model.variables.set(variable, { reference, constant: undefined });
    }
    const held = o.model.variables.get(variable);
    if (!held) throw new Unconvertible(`nothing sets the variable "${variable}" that it reads`);
    if (held.constant) return o.graph.list.constant(o.output(0).name, held.constant);
    if (o.model.isInMain) return held.reference;
    throw new Unconvertible(`it reads the variable "${variable}" within a loop or a branch`);
  },
};
