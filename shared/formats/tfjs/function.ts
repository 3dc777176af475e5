/** The functions of a graph-model: bodies of loops and branches, in JSON. */
import { ModelError } from '../../base/errors.ts';
import { isObject } from '../keras/config.ts';
import type { Json } from '../keras/layer.ts';
import type { RawFunction } from '../tf/proto/function.ts';
import type { RawNode } from '../tf/proto/node.ts';
import type { Functions } from '../tf/proto/resolve-function.ts';
import { typeOf } from './attribute.ts';
import { arrayAt, objectAt, textAt } from './json.ts';
import { nodeOf } from './node.ts';
import type { Weights } from './weights.ts';

/** The library of a graph. @throws ModelError where the file breaks its own rules */
export function functionsOf(library: Json | undefined, weights: Weights): Functions {
  const functions = new Map<string, RawFunction>();
  const items = isObject(library) ? library.function : undefined;
  for (const item of arrayAt(items, 'modelTopology.library.function')) {
    const made = functionOf(item, weights);
    functions.set(made.name, made);
  }
  return {
    has: (name) => functions.has(name),
    get(name) {
      const found = functions.get(name);
      if (found) return found;
      throw new ModelError(`the graph calls the function '${name}', which it does not hold`);
    },
  };
}

/** Source: tensorflow/core/framework/function.proto, in JSON. */
function functionOf(json: Json, weights: Weights): RawFunction {
  const { signature, nodeDef, ret } = objectAt(json, 'a function of the graph');
  const { name, inputArg, outputArg } = objectAt(signature, 'the signature of a function');
  const title = textAt(name, 'the name of a function');
  const nodes = new Map<string, RawNode>();
  for (const item of arrayAt(nodeDef, `the nodes of function '${title}'`)) {
    const node = nodeOf(item, weights);
    if (nodes.has(node.name))
      throw new ModelError(`two nodes of the function '${title}' are named '${node.name}'`);
    nodes.set(node.name, node);
  }
  const results = Object.entries(isObject(ret) ? ret : {}).map(
    ([output, result]) => [output, textAt(result, `a result of function '${title}'`)] as const,
  );
  return {
    name: title,
    parameters: argumentsOf(inputArg, title),
    outputs: argumentsOf(outputArg, title).map((argument) => argument.name),
    nodes,
    results: new Map(results),
  };
}

function argumentsOf(json: Json | undefined, title: string): RawFunction['parameters'] {
  return arrayAt(json, `the arguments of function '${title}'`).map((item) => {
    const argument = objectAt(item, `an argument of function '${title}'`);
    return {
      name: textAt(argument.name, `the name of an argument of function '${title}'`),
      type: typeOf(argument.type),
    };
  });
}
