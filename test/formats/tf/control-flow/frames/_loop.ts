/** A loop of TensorFlow 1, as nodes. */
import type { TfNode } from '../../../../../shared/formats/tf/tf-graph.ts';
import { constant, node } from '../_graph.ts';

/** The body of a loop that adds x to itself until it is large; `parts` may be left out or changed. */
export function loopNodes(parts: Readonly<Record<string, TfNode | undefined>> = {}): TfNode[] {
  const nodes: Record<string, TfNode | undefined> = {
    enter: node('enter', 'Enter', ['x'], { frame_name: 'f' }),
    merge: node('merge', 'Merge', ['enter', 'next']),
    axes: constant('axes', [0, 1], 'int32', [2]),
    sum: node('sum', 'Sum', ['merge', 'axes']),
    limit: constant('limit', [100], 'float32'),
    less: node('less', 'Less', ['sum', 'limit']),
    decide: node('decide', 'LoopCond', ['less']),
    switch: node('switch', 'Switch', ['merge', 'decide']),
    exit: node('exit', 'Exit', ['switch']),
    double: node('double', 'AddV2', ['switch:1', 'switch:1']),
    next: node('next', 'NextIteration', ['double']),
    ...parts,
  };
  return Object.values(nodes).filter((item) => item !== undefined);
}
