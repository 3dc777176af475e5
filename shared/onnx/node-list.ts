/** A linked list of nodes with O(1) edits that may be edited while it is walked. */
import { DefectError } from '../base/errors.ts';
import type { Node } from './model.ts';

/** A place in the ring; made alone, it is a ring of one. */
class Link {
  node: Node | null;
  previous: Link = this;
  next: Link = this;
  removed = false;

  constructor(node: Node | null) {
    this.node = node;
  }
}

/** Nodes in order; see the head of the file. */
export class NodeList {
  /** The sentinel closes the ring: its `next` is the first node, its `previous` the last. */
  readonly #end = new Link(null);
  readonly #links = new Map<Node, Link>();

  constructor(nodes: Iterable<Node>) {
    for (const node of nodes) this.insertBefore(null, node);
  }

  get size(): number {
    return this.#links.size;
  }

  has(node: Node): boolean {
    return this.#links.has(node);
  }

  /** The node behind `node`, or `null` at the end. */
  after(node: Node): Node | null {
    return this.#link(node).next.node;
  }

  insertBefore(anchor: Node | null, node: Node): void {
    this.#insert(anchor ? this.#link(anchor) : this.#end, node);
  }

  insertAfter(anchor: Node, node: Node): void {
    this.#insert(this.#link(anchor).next, node);
  }

  /** A walk that stands on the removed link goes on from where it was. */
  remove(node: Node): void {
    const link = this.#link(node);
    link.previous.next = link.next;
    link.next.previous = link.previous;
    link.removed = true;
    this.#links.delete(node);
  }

  /** Another node in the same place; walks do not visit it again. */
  swap(node: Node, replacement: Node): void {
    const link = this.#link(node);
    if (node === replacement) return;
    if (this.#links.has(replacement))
      throw new DefectError(`node '${replacement.name}' is in the graph already`);
    this.#links.delete(node);
    link.node = replacement;
    this.#links.set(replacement, link);
  }

  *values(): IterableIterator<Node> {
    let link = this.#end.next;
    while (link.node) {
      yield link.node;
      // A removed link still knows its neighbours of then: step back to a live one, then on.
      if (link.removed) {
        let back = link.previous;
        while (back.removed) back = back.previous;
        link = back.next;
      } else {
        link = link.next;
      }
    }
  }

  #link(node: Node): Link {
    const link = this.#links.get(node);
    if (!link) throw new DefectError(`node '${node.name}' (${node.opType}) is not in the graph`);
    return link;
  }

  #insert(before: Link, node: Node): void {
    if (this.#links.has(node)) throw new DefectError(`node '${node.name}' is in the graph already`);
    const link = new Link(node);
    link.previous = before.previous;
    link.next = before;
    before.previous.next = link;
    before.previous = link;
    this.#links.set(node, link);
  }
}
