import { describe, expect, it } from 'vitest';
import { lowerLoop } from '../../../../../shared/formats/tf/control-flow/frames/lower-loop.ts';
import { NodeWeb } from '../../../../../shared/formats/tf/control-flow/frames/node-web.ts';
import { node } from '../_graph.ts';
import { loopNodes } from './_loop.ts';

describe('a loop of TensorFlow 1', () => {
  it('becomes While with two functions; its Exit reads it', () => {
    const factor = node('factor', 'Enter', ['x'], { frame_name: 'f', is_constant: true });
    const web = new NodeWeb(
      [...loopNodes({ double: node('double', 'Mul', ['switch:1', 'factor']) }), factor],
      new Map(),
    );
    const frame = web.frames.get('f');
    if (frame) lowerLoop(web, frame);
    expect(web.nodes.get('f/while')).toMatchObject({ op: 'While', inputs: ['x', 'x'] });
    expect(web.nodes.get('exit')).toMatchObject({ op: 'Identity', inputs: ['f/while:0'] });
    const body = web.functions.get('f/while/body');
    expect(body?.parameters).toEqual(['merge', 'factor']);
    expect(body?.results).toEqual(['double', 'factor']);
    expect(body?.nodes.at(-1)).toMatchObject({ op: 'Mul', inputs: ['merge', 'factor'] });
    const condition = web.functions.get('f/while/cond');
    expect(condition?.nodes.map(({ op }) => op)).toContain('Less');
    expect(condition?.nodes.map(({ op }) => op)).not.toContain('Mul');
  });
});
