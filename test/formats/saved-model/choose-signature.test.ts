import { describe, expect, it } from 'vitest';
import {
  chooseMetaGraph,
  chooseSignature,
  listed,
  otherSignatures,
  signatureNames,
} from '../../../shared/formats/saved-model/choose-signature.ts';
import { memorySource } from '../../../shared/onnx/byte-source.ts';

const range = { source: memorySource(new Uint8Array()), offset: 0, length: 0 };
const heads = (...tags: string[][]) => tags.map((own) => ({ tags: own, range }));

describe('chooseMetaGraph', () => {
  it.each([
    [[['train'], ['serve']], ['serve']],
    [[['serve', 'tpu'], ['serve']], ['serve']],
    [
      [['serve', 'gpu'], ['train']],
      ['serve', 'gpu'],
    ],
  ])('of %j', (tags, wanted) => expect(chooseMetaGraph(heads(...tags), 'm').tags).toEqual(wanted));

  it('says what there is', () => {
    expect(() => chooseMetaGraph(heads(['train']), 'm')).toThrow(
      'm has no graph with the tag "serve"',
    );
    expect(() => chooseMetaGraph([], 'm')).toThrow('no graph with the tag');
  });
});

const signatures = (...names: string[]) => ({
  signatures: new Map(names.map((name) => [name, { inputs: new Map(), outputs: new Map() }])),
});

describe('chooseSignature', () => {
  it.each([
    [['serving_default', 'other'], undefined, 'serving_default'],
    [['only'], undefined, 'only'],
    [['only', '__saved_model_init_op'], undefined, 'only'],
    [['a', 'b'], 'b', 'b'],
  ])('of %j, %s wanted', (names, wanted, chosen) => {
    expect(chooseSignature(signatures(...names), wanted, 'm').name).toBe(chosen);
  });

  it.each([
    [['a', 'b'], undefined, 'm has 2 signatures and none is named serving_default'],
    [['abc', 'b'], 'abd', 'm has no signature "abd" (did you mean "abc"?)'],
    [['__saved_model_init_op'], undefined, 'm has no signatures'],
    [['a', '__saved_model_init_op'], '__saved_model_init_op', 'has no signature'],
  ])('of %j, %s wanted: refused', (names, wanted, message) => {
    expect(() => chooseSignature(signatures(...names), wanted, 'm')).toThrow(message);
  });
});

it('lists names that a user may give', () => {
  expect(signatureNames(signatures('b', 'a', '__saved_model_train_op').signatures)).toEqual([
    'a',
    'b',
  ]);
});

it('lists some names of many', () => {
  expect(listed(['a', 'b'])).toBe('"a", "b"');
  expect(listed(new Array(30).fill('x'))).toMatch(/^("x", ){20}…$/);
});

it('notes signatures that do something else', () => {
  const info = { tensor: 'x:0', type: 'float32', shape: null } as const;
  const giving = (name: string) => ({
    inputs: new Map([['x', info]]),
    outputs: new Map([[name, info]]),
  });
  const chosen = { name: 'serving_default', signature: giving('y') };
  const meta = (others: Readonly<Record<string, ReturnType<typeof giving>>>) => ({
    signatures: new Map(Object.entries({ serving_default: giving('y'), ...others })),
  });
  expect(otherSignatures(meta({ serve: giving('y') }), chosen)).toEqual([]);
  expect(otherSignatures(meta({ embed: giving('vector') }), chosen)).toEqual([
    'This is the signature "serving_default"; choose another with --signature: "embed".',
  ]);
});
