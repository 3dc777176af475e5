import { expect, it } from 'vitest';
import { NEWEST_OPSET, opTypesOf, versionsOf } from '../../../shared/ops/find-op.ts';
import { adapterOf } from '../../../shared/passes/raise-opset/adapters.ts';
import { UNCHANGED } from '../../../shared/passes/raise-opset/unchanged.ts';

/** `Op:version` of every change after opset 7 that the op table knows. */
const changes = opTypesOf('').flatMap((opType) =>
  versionsOf('', opType)
    .filter((version, index) => index > 0 && version > 7 && version <= NEWEST_OPSET)
    .map((version) => [opType, version] as const),
);

it('every change of an operator has an adapter or is known to ask for nothing', () => {
  const forgotten = changes.filter(([opType, version]) => adapterOf(opType, version) === undefined);
  expect(forgotten).toEqual([]);
  expect(changes.length).toBeGreaterThan(300);
});

it('nothing is listed as unchanged that is no change, or has an adapter', () => {
  const known = new Set(changes.map(([opType, version]) => `${opType}:${version}`));
  expect([...UNCHANGED].filter((change) => !known.has(change))).toEqual([]);
  const both = changes.filter(
    ([opType, version]) => adapterOf(opType, version) && UNCHANGED.has(`${opType}:${version}`),
  );
  expect(both).toEqual([]);
});
