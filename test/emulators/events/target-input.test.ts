import { expect, it } from 'vitest';
import type { Json } from '../states/json.ts';
import { type InputSettings, targetInput } from './target-input.ts';

const event: Json = { id: '1', detail: { key: 'a "b".onnx', sizes: [3, 4] } };

it.each<[string, InputSettings, string]>([
  ['the event', {}, JSON.stringify(event)],
  ['a constant', { Input: '{"a":1}' }, '{"a":1}'],
  ['a part', { InputPath: '$.detail.sizes' }, '[3,4]'],
  ['an element', { InputPath: '$.detail.sizes[1]' }, '4'],
  ['a part that is not there', { InputPath: '$.none' }, 'null'],
  [
    'a template, with text in quotes and JSON outside',
    {
      InputTransformer: {
        InputPathsMap: { key: '$.detail.key', sizes: '$.detail.sizes', none: '$.none' },
        InputTemplate: '{"k":<key>,"t":"key <key>","s":<sizes>,"n":<none>,"x":"<other>"}',
      },
    },
    '{"k":"a \\"b\\".onnx","t":"key a \\"b\\".onnx","s":[3,4],"n":null,"x":"<other>"}',
  ],
  [
    'a template with the event and the name of the rule',
    {
      InputTransformer: {
        InputTemplate: '{"rule":"<aws.events.rule-name>","event":<aws.events.event.json>}',
      },
    },
    `{"rule":"r","event":${JSON.stringify(event)}}`,
  ],
])('a target is sent %s', (_, settings, expected) => {
  expect(targetInput(settings, event, 'r')).toBe(expected);
});

it('refuses a path that it does not understand', () => {
  expect(() => targetInput({ InputPath: '$.detail[*]' }, event, 'r')).toThrow(/Unknown path/);
});
