import { describe, expect, it } from 'vitest';
import { NodeWeb } from '../../../../../shared/formats/tf/control-flow/frames/node-web.ts';
import { node } from '../_graph.ts';
import { loopNodes } from './_loop.ts';

describe('nodes of a graph with loops', () => {
  it('are sorted into loops', () => {
    const web = new NodeWeb(loopNodes(), new Map());
    expect(web.frames.get('f')).toEqual({
      name: 'f',
      variables: [{ merge: 'merge', enter: 'enter', next: 'next' }],
      constants: [],
      condition: 'less',
      exits: [{ exit: 'exit', place: 0 }],
    });
    expect(web.frameOfExit.get('exit')?.name).toBe('f');
    expect(web.frameOfMerge.get('merge')?.name).toBe('f');
  });

  it('get names that nothing has', () => {
    const web = new NodeWeb([node('a', 'NoOp'), node('a_1', 'NoOp')], new Map());
    expect(web.fresh('a')).toBe('a_2');
    expect(web.fresh('b')).toBe('b');
  });

  it('keep the reason why they stay', () => {
    const merge = node('m', 'Merge', ['x', 'y']);
    const web = new NodeWeb([merge], new Map());
    web.refuse(merge, 'why');
    expect(web.nodes.get('m')).toMatchObject({ op: 'Merge', inputs: [] });
  });
});
