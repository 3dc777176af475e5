import { describe, expect, it } from 'vitest';
import type { Json } from '../states/json.ts';
import { matchesPattern } from './pattern.ts';

const event: Json = {
  source: 'aws.s3',
  'detail-type': 'Object Created',
  resources: ['arn:aws:s3:::inbox', 'arn:other'],
  detail: {
    bucket: { name: 'inbox' },
    object: { key: 'team/a*b/Model.ONNX', size: 300, tag: null, flag: true, empty: '' },
    parts: [
      { n: 1, kind: 'x' },
      { n: 2, kind: 'y' },
    ],
  },
};
const key = (matcher: Json): Json => ({ detail: { object: { key: [matcher] } } });
const size = (...numeric: Json[]): Json => ({ detail: { object: { size: [{ numeric }] } } });

describe('event patterns', () => {
  it.each<[Json, boolean]>([
    [{ source: ['aws.s3'] }, true],
    [{ source: ['aws.ec2', 'aws.s3'], 'detail-type': ['Object Created'] }, true],
    [{ source: ['aws.s3'], 'detail-type': ['Object Deleted'] }, false],
    [{ source: ['AWS.S3'] }, false],
    [{ resources: ['arn:other'] }, true],
    [{ detail: { bucket: { name: ['inbox'] } } }, true],
    [{ detail: { bucket: { name: ['outbox'] } } }, false],
    [{ detail: { nothing: { name: ['inbox'] } } }, false],
    [{ detail: { object: { size: [300], flag: [true], tag: [null], empty: [''] } } }, true],
    [{ detail: { object: { size: ['300'] } } }, false],
    [{ detail: { object: { missing: [null] } } }, false],
    [key({ prefix: 'team/' }), true],
    [key({ prefix: 'Team/' }), false],
    [key({ prefix: { 'equals-ignore-case': 'TEAM/' } }), true],
    [key({ suffix: '.ONNX' }), true],
    [key({ suffix: '.onnx' }), false],
    [key({ suffix: { 'equals-ignore-case': '.onnx' } }), true],
    [key({ 'equals-ignore-case': 'TEAM/A*B/model.onnx' }), true],
    [key({ wildcard: 'team/*/Model.*' }), true],
    [key({ wildcard: 'team/a\\*b/*' }), true],
    [key({ wildcard: 'team/*\\*x/*' }), false],
    [key({ wildcard: 'team/?*' }), false],
    [key({ 'anything-but': 'other' }), true],
    [key({ 'anything-but': ['team/a*b/Model.ONNX', 'other'] }), false],
    [key({ 'anything-but': { prefix: 'team' } }), false],
    [key({ 'anything-but': { suffix: ['.keras', '.onnx'] } }), true],
    [key({ 'anything-but': { 'equals-ignore-case': 'team/a*b/model.onnx' } }), false],
    [key({ 'anything-but': { wildcard: '*/Model.*' } }), false],
    [{ detail: { object: { missing: [{ 'anything-but': 'x' }] } } }, false],
    [{ detail: { object: { size: [{ 'anything-but': 300 }] } } }, false],
    [{ detail: { object: { key: [{ exists: true }] } } }, true],
    [{ detail: { object: { missing: [{ exists: false }] } } }, true],
    [{ detail: { object: { missing: [{ exists: true }] } } }, false],
    [{ detail: { object: [{ exists: true }] } }, false],
    [size('>', 0), true],
    [size('>', 0, '<=', 300), true],
    [size('>=', 300, '<', 300), false],
    [size('=', 300), true],
    [{ detail: { object: { key: [{ numeric: ['>', 0] }] } } }, false],
    [{ detail: { object: { key: ['no', { suffix: 'ONNX' }] } } }, true],
    [{ $or: [{ source: ['x'] }, { source: ['aws.s3'] }] }, true],
    [{ $or: [{ source: ['x'] }, { source: ['y'] }] }, false],
    [{ detail: { object: { $or: [{ size: [1] }, { key: [{ prefix: 'team' }] }] } } }, true],
    [{ source: ['x'], $or: [{ source: ['aws.s3'] }] }, false],
    [{ detail: { parts: { n: [2] } } }, true],
    [{ detail: { parts: { n: [3] } } }, false],
    [{ detail: { parts: { n: [2], kind: ['x'] } } }, false],
  ])('%j: %s', (pattern, expected) => {
    expect(matchesPattern(pattern, event)).toBe(expected);
  });

  it.each<[Json, RegExp]>([
    [{}, /at least one field/],
    [{ source: 'aws.s3' }, /needs a list/],
    [{ source: [] }, /needs a list/],
    [{ source: [{ begins: 'a' }] }, /unknown operator 'begins'/],
    [{ source: [{ prefix: 'a', suffix: 'b' }] }, /one operator/],
    [{ source: [{ prefix: 1 }] }, /prefix needs a text/],
    [{ source: ['x'], detail: { a: [{ exists: 'yes' }] } }, /exists needs/],
    [{ source: [{ numeric: ['~', 1] }] }, /numeric needs bounds/],
    [{ source: [{ numeric: ['>'] }] }, /numeric needs bounds/],
    [{ source: [{ wildcard: 'a**' }] }, /no two \*/],
    [[], /a pattern is an object/],
  ])('%j is none', (pattern, message) => {
    expect(() => matchesPattern(pattern, event)).toThrow(message);
  });
});
