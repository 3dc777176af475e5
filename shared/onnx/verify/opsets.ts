/** Every domain that a node is of is imported, with a version that can be. */
import type { CheckContext } from './problem.ts';
import { nodeLabel } from './scope.ts';

/** Rule `opset-import`. */
export function checkOpsets({ scopes, problems }: CheckContext): void {
  for (const scope of scopes) {
    if (scope.outer) continue;
    for (const [domain, version] of scope.opsets) {
      if (!Number.isSafeInteger(version) || version < 1) {
        problems.add(
          'opset-import',
          `opset '${domain || 'ai.onnx'}'${scope.suffix}`,
          `version ${version} does not exist`,
        );
      }
    }
  }
  for (const scope of scopes) {
    scope.nodes.forEach((node, index) => {
      if (scope.opsets.has(node.domain)) return;
      problems.add(
        'opset-import',
        `${nodeLabel(node, index)}${scope.suffix}`,
        `its domain '${node.domain || 'ai.onnx'}' is not imported`,
      );
    });
  }
}
