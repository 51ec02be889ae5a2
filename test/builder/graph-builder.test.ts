import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../src/main/builder/graph/graph-builder.ts';

function started(): { graph: GraphBuilder; x: { name: string } } {
  const graph = new GraphBuilder('test');
  return { graph, x: graph.input('x', 'float32', ['B', 4]) };
}

describe('GraphBuilder', () => {
  it('refuses a node name that exists', () => {
    const { graph, x } = started();
    graph.node('/a', 'Relu', [x]);
    expect(() => graph.node('/a', 'Neg', [x])).toThrow('node /a exists already');
  });

  it('refuses a value name that exists, whatever it belongs to', () => {
    const { graph, x } = started();
    expect(() => graph.input('x', 'float32', [1])).toThrow('value x exists already');
    expect(() => graph.nodes('/b', 'Split', [x], ['x', 'y'])).toThrow('value x exists already');
    expect(() => graph.output('x', x, 'float32', ['B', 4])).toThrow('value x exists already');
    graph.external({ name: 'w', elementType: 'float32', dims: [4] });
    expect(() => graph.external({ name: 'w', elementType: 'float32', dims: [4] })).toThrow('value w exists already');
  });

  it('refuses an input that nothing produces', () => {
    const { graph } = started();
    expect(() => graph.node('/a', 'Relu', [{ name: 'nowhere' }])).toThrow('value nowhere is used before it exists');
    expect(() => graph.output('y', { name: 'nowhere' }, 'float32', [1])).toThrow('used before it exists');
  });

  it('writes an absent optional input, and an unused optional output, as an empty name', () => {
    const { graph, x } = started();
    const [first, second] = graph.nodes('/clip', 'Clip', [x, null, x], ['a', '']);
    expect(first).toEqual({ name: 'a' });
    expect(second).toEqual({ name: '' });
    expect(graph.build().nodes[0]).toMatchObject({ inputs: ['x', '', 'x'], outputs: ['a', ''] });
    expect(() => graph.node('/next', 'Relu', [{ name: '' }])).toThrow('used before it exists');
  });

  it('names a single output after its node', () => {
    const { graph, x } = started();
    expect(graph.node('/model/norm', 'Relu', [x])).toEqual({ name: '/model/norm/output_0' });
  });

  it('shares integer constants, and tells a scalar from a vector of one', () => {
    const { graph } = started();
    expect(graph.integers([1, 2])).toBe(graph.integers([1, 2]));
    expect(graph.integers([0], true)).not.toEqual(graph.integers([0]));
    const constants = graph.build().constants;
    expect(constants.map(({ dims }) => dims)).toEqual([[2], [], [1]]);
    expect([...new BigInt64Array(constants[0]?.data.buffer ?? new ArrayBuffer(0))]).toEqual([1n, 2n]);
  });

  it('takes a checkpoint tensor once, however many nodes use it', () => {
    const { graph } = started();
    expect(graph.parameter('model.norm.weight', [4])).toEqual(graph.parameter('model.norm.weight', [4]));
    const { externals, weights } = graph.build();
    expect(externals).toEqual([{ name: 'model.norm.weight', elementType: 'float32', dims: [4] }]);
    expect(weights).toEqual([{ kind: 'float32', tensor: 'model.norm.weight', target: 'model.norm.weight' }]);
  });

  it('gives a value its public name, where it is made and where it is used', () => {
    const { graph, x } = started();
    const hidden = graph.node('/a', 'Relu', [x]);
    graph.output('hidden', hidden, 'float32', ['B', 4]);
    const { nodes, outputs } = (graph.node('/b', 'Abs', [hidden]), graph.build());
    expect(outputs).toEqual([{ name: 'hidden', elementType: 'float32', dims: ['B', 4] }]);
    expect(nodes).toMatchObject([
      { name: '/a', inputs: ['x'], outputs: ['hidden'] },
      { name: '/b', inputs: ['hidden'] },
    ]);
  });

  it('refuses as an output what no node makes, and a second name', () => {
    const { graph, x } = started();
    expect(() => graph.output('y', x, 'float32', ['B', 4])).toThrow('only a node');
    const hidden = graph.node('/a', 'Relu', [x]);
    graph.output('hidden', hidden, 'float32', ['B', 4]);
    expect(() => graph.output('again', hidden, 'float32', ['B', 4])).toThrow('only once');
  });
});
