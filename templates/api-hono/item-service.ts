/** What can be said about one item. */
export interface ItemInput {
  readonly name: string;
  /** A whole number, 0 or more. */
  readonly quantity: number;
  readonly notes: string;
}

export interface Item extends ItemInput {
  readonly id: string;
}

/** A part of the list. */
export interface ItemRange {
  readonly offset: number;
  readonly limit: number;
}

/** Where items are kept. `undefined` means that there is none with that id. */
export interface ItemService {
  /** Oldest first; `total` counts all of them. */
  readonly list: (range: ItemRange) => Promise<{ readonly items: readonly Item[]; readonly total: number }>;
  readonly find: (id: string) => Promise<Item | undefined>;
  readonly create: (input: ItemInput) => Promise<Item>;
  readonly update: (id: string, input: ItemInput) => Promise<Item | undefined>;
  readonly remove: (id: string) => Promise<Item | undefined>;
}

/**
 * Keeps items in memory: they are gone when the plugin is reloaded. This is the place to replace it with a service over
 * a database; an application can also hand one to the plugin, as `items` in its context.
 */
export function createItemService(): ItemService {
  const items = new Map<string, Item>();
  let last = 0;
  return {
    list: async ({ offset, limit }) => ({
      items: [...items.values()].slice(offset, offset + limit),
      total: items.size,
    }),
    find: async (id) => items.get(id),
    async create(input) {
      last += 1;
      const item = { id: String(last), ...input };
      items.set(item.id, item);
      return item;
    },
    async update(id, input) {
      if (!items.has(id)) return undefined;
      const item = { id, ...input };
      items.set(id, item);
      return item;
    },
    async remove(id) {
      const item = items.get(id);
      items.delete(id);
      return item;
    },
  };
}
