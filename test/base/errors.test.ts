import { describe, expect, it } from 'vitest';
import {
  DefectError,
  exitCodeOf,
  InputError,
  LimitError,
  ModelError,
  ToolError,
  UnsupportedError,
} from '../../shared/base/errors.ts';

describe('errors', () => {
  it.each([
    [new InputError('x'), 2],
    [new ModelError('x'), 2],
    [new UnsupportedError('x'), 3],
    [new ToolError('x'), 3],
    [new LimitError('x'), 4],
    [new DefectError('x'), 70],
    [new TypeError('x'), 70],
    ['thrown string', 70],
  ])('%s ends the process with %i', (error, code) => {
    expect(exitCodeOf(error)).toBe(code);
  });

  it('name the file at fault once', () => {
    expect(new ModelError('it has no layers').in('a.keras').where).toBe('a.keras');
    expect(new ModelError('a.keras has no layers').in('a.keras').where).toBeUndefined();
    expect(new ModelError('cyclic', { where: 'node 3' }).in('a.onnx').where).toBe('node 3');
  });

  it('carry what to do, where, and the cause', () => {
    const cause = new Error('low level');
    const error = new ModelError('graph is cyclic', {
      hint: 'export it again',
      where: 'node 3',
      cause,
    });
    expect(error).toMatchObject({
      name: 'ModelError',
      hint: 'export it again',
      where: 'node 3',
      cause,
      retryable: false,
    });
    expect(new InputError('x')).not.toHaveProperty('cause');
  });
});
