/** Every domain that a node is of is imported, with a version that can be. */
import { isKnownDomain } from '../../ops/find-op.ts';
import type { CheckContext } from './problem.ts';
import { nodeLabel } from './scope.ts';

/**
 * Rule `opset-import`. Harmless for domains that onnxruntime has on board and takes in its newest version
 * then; of ai.onnx itself there are too many versions to guess.
 */
export function checkOpsets({ scopes, problems }: CheckContext): void {
  for (const scope of scopes) {
    if (scope.outer) continue;
    for (const [domain, version] of scope.opsets) {
      if (!Number.isSafeInteger(version) || version < 1) {
        problems.add(
          'opset-import',
          `opset '${domain || 'ai.onnx'}'${scope.suffix}`,
          `version ${version} does not exist`,
          { isHarmless: domain !== '' && isKnownDomain(domain) },
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
        {
          isHarmless: node.domain !== '' && isKnownDomain(node.domain) && scope.definition === null,
        },
      );
    });
  }
}
