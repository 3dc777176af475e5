/** Ids that hold for GraphQL and, as `node_id`, for REST. */

export type NodeKind = 'R' | 'U' | 'BOT' | 'I' | 'PR' | 'IC' | 'PRR' | 'PRRT' | 'PRRC' | 'SC' | 'C';

export const nodeId = (kind: NodeKind, id: number | string): string => `${kind}_kwDO${id}`;

/** Nothing where the text is no such id. */
export function readNodeId(text: string): { kind: string; id: number } | undefined {
  const [, kind = '', id = ''] = /^([A-Z]+)_kwDO(\d+)$/.exec(text) ?? [];
  return kind === '' ? undefined : { kind, id: Number(id) };
}
