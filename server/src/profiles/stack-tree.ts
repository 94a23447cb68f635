/** Builds stack trees from nodes in any order, and sums them up. */
import type { Frame, StackTree } from "./model.js";

/** A list of whole numbers that grows without being copied as a whole each time. */
export class Numbers {
  readonly #blocks: Float64Array[] = [];
  #length = 0;

  push(value: number): void {
    const at = this.#length % BLOCK;
    if (at === 0) this.#blocks.push(new Float64Array(BLOCK));
    const block = this.#blocks[this.#blocks.length - 1];
    if (block !== undefined) block[at] = value;
    this.#length++;
  }

  get length(): number {
    return this.#length;
  }

  at(index: number): number {
    return this.#blocks[Math.floor(index / BLOCK)]?.[index % BLOCK] ?? 0;
  }
}

const BLOCK = 1 << 16;

/** A class because it has a lifetime: it is filled, and then built once. */
export class StackTreeBuilder {
  readonly #frames: Frame[] = [];
  readonly #frameIds = new Map<string, number>();
  readonly #frame = new Numbers();
  readonly #self: number[] = [];
  readonly #nodeIds = new Map<number, number>();
  /** By id of the child, since children may be named before they come. */
  readonly #parents = new Map<number, number>();

  /** @param id Given by the profile; `undefined` for none. */
  add(id: number | undefined, frame: Frame, self: number): number {
    const node = this.#frame.length;
    this.#frame.push(this.#frameId(frame));
    this.#self.push(self);
    this.#nodeIds.set(id ?? -1 - node, node);
    return node;
  }

  setParent(childId: number, parent: number): void {
    this.#parents.set(childId, parent);
  }

  /** The last id was this node's. */
  setParentOfNode(node: number, parent: number): void {
    this.#parents.set(-1 - node, parent);
  }

  spend(id: number, amount: number): void {
    const node = this.#nodeIds.get(id);
    if (node !== undefined) this.#self[node] = (this.#self[node] ?? 0) + amount;
  }

  build(): { readonly frames: readonly Frame[]; readonly tree: StackTree } {
    const count = this.#frame.length;
    const tree = {
      frame: new Int32Array(count),
      parent: new Int32Array(count).fill(-1),
      self: new Float64Array(count),
    };
    for (let node = 0; node < count; node++) {
      tree.frame[node] = this.#frame.at(node);
      tree.self[node] = this.#self[node] ?? 0;
    }
    for (const [id, parent] of this.#parents) {
      const child = this.#nodeIds.get(id);
      if (child !== undefined && child !== parent) tree.parent[child] = parent;
    }
    return { frames: this.#frames, tree };
  }

  #frameId(frame: Frame): number {
    const key = `${frame.url} ${frame.line} ${frame.column} ${frame.functionName}`;
    let id = this.#frameIds.get(key);
    if (id === undefined) {
      id = this.#frames.length;
      this.#frameIds.set(key, id);
      this.#frames.push(frame);
    }
    return id;
  }
}

/** Nodes ordered so that each comes after its parent; nodes of a circle, which only broken files have, are left out. */
export function topDown({ parent }: StackTree): Int32Array {
  const order = new Int32Array(parent.length);
  const depth = new Int32Array(parent.length).fill(-1);
  const chain: number[] = [];
  let filled = 0;
  for (let start = 0; start < parent.length; start++) {
    chain.length = 0;
    let at = start;
    while (0 <= at && depth[at] === -1) {
      depth[at] = -2;
      chain.push(at);
      at = parent[at] ?? -1;
    }
    const isCircle = 0 <= at && depth[at] === -2;
    for (let node = chain.pop(); node !== undefined; node = chain.pop()) {
      depth[node] = isCircle ? -3 : 0;
      if (!isCircle) order[filled++] = node;
    }
  }
  return order.subarray(0, filled);
}
