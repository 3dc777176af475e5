import { expect, it } from 'vitest';
import { parseLayer } from '../../../shared/formats/keras/model-config.ts';
import { refusalOf } from '../../../shared/formats/keras/refusals.ts';

const layer = (entry: object) => parseLayer({ config: {}, name: 'l', ...entry });

it.each([
  [{ class_name: 'Lambda' }, /Python bytecode, which is never run/],
  [{ class_name: 'Strange' }, /a layer that has no conversion/],
  [{ class_name: 'Strange', module: 'keras.ops' }, /an operation that has no conversion/],
  [{ class_name: 'Dense', registered_name: 'mine>Dense' }, /"mine>Dense" is a class of your own/],
  [{ class_name: 'mine>Dense' }, /"mine>Dense" is a class of your own/],
  [{ class_name: 'Own', module: 'train', registered_name: 'Own' }, /"Own" is a class of your own/],
])('%j', (entry, reason) => {
  const refusal = refusalOf(layer(entry));
  expect(refusal.reason).toMatch(reason);
  expect(refusal.hint).not.toBe('');
});
