import { expect, it } from 'vitest';
import { all, document, element, errorDocument, parseXml, textOf } from './xml.ts';

const ODD = 'a<b>&"c" \u0007 ü 日本 😀';

it('writes what it reads', () => {
  const text = document('Root', element('Key', ODD), [element('Key', 2), undefined]);
  expect(text).toContain('<Root xmlns="http://s3.amazonaws.com/doc/2006-03-01/">');
  const node = parseXml(text);
  expect(node?.name).toBe('Root');
  expect(node && all(node, 'Key').map((key) => key.text)).toEqual([ODD, '2']);
  expect(node && textOf(node, 'None')).toBeUndefined();
});

it('writes errors without a namespace', () => {
  expect(errorDocument({ Code: 'NoSuchKey', Key: 'a&b' })).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code><Key>a&#38;b</Key></Error>',
  );
});

it.each([
  ['an attribute and an empty element', '<A x="1"><B/><C>c</C></A>', 'c'],
  ['entities', '<A><C>&lt;&#x41;&#66;&quot;&amp;lt;</C></A>', '<AB"&lt;'],
])('reads %s', (_name, text, expected) => {
  const node = parseXml(text);
  expect(node && textOf(node, 'C')).toBe(expected);
});

it.each(['', 'text', '<A>', '<A></B>', '</A>', '<A><B></A></B>'])('refuses %j', (text) => {
  expect(parseXml(text)).toBeUndefined();
});
