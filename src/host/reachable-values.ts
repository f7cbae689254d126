import { EventEmitter } from "node:events";
import { isMap, isProxy, isSet } from "node:util/types";

/** Looks at what plugins can leave where the application reaches it. */
export interface ReachableVisitor {
  /** A listener of `process` or of an emitter in the context; `where` names the emitter. */
  readonly listener: (listener: unknown, event: string, where: string) => void;
  /** A value in the context; `container` names what it is in. `true`: nothing in it need be looked at. */
  readonly value: (value: object, container: string) => boolean;
}

const maxDepth = 3;
/** A context may lead to a whole database. */
const maxValues = 20_000;

/**
 * Visits the listeners of `process`, and what the context leads to: level by level, so that what is near comes before
 * the values run out. Calls no getter of the application and touches no proxy.
 */
export function visitReachable(context: object, visitor: ReachableVisitor): void {
  visitListeners(process, "process", visitor);
  const seen = new Set<unknown>([context]);
  let level: { readonly value: object; readonly path: string }[] = [{ value: context, path: "context" }];
  for (let depth = 0; depth < maxDepth && level.length > 0; depth += 1) {
    const next: typeof level = [];
    for (const { value, path } of level) {
      for (const [key, inner] of childrenOf(value)) {
        if (!isReference(inner) || isProxy(inner) || seen.has(inner)) continue;
        if (seen.size >= maxValues) return;
        seen.add(inner);
        if (visitor.value(inner, path)) continue;
        const innerPath = typeof key === "string" ? `${path}.${key}` : `${path}[…]`;
        if (inner instanceof EventEmitter) visitListeners(inner, innerPath, visitor);
        next.push({ value: inner, path: innerPath });
      }
    }
    level = next;
  }
}

/** Everything that is reachable now, so that it can be told from what comes later. */
export function rememberReachable(context: object): WeakSet<object> {
  const values = new WeakSet<object>();
  visitReachable(context, {
    listener: (listener) => void (isReference(listener) && values.add(listener)),
    value(value) {
      values.add(value);
      return false;
    },
  });
  return values;
}

export function isReference(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

function visitListeners(emitter: EventEmitter, where: string, { listener: visit }: ReachableVisitor): void {
  // oxlint-disable-next-line typescript/unbound-method -- called with the emitter, whatever methods of its own it has
  const { eventNames, listeners } = EventEmitter.prototype;
  for (const event of eventNames.call(emitter)) {
    for (const listener of listeners.call(emitter, event)) visit(listener, String(event), where);
  }
}

/** The values that an object leads to: a key for those that have a name. */
function* childrenOf(value: object): Generator<readonly [key: string | undefined, value: unknown]> {
  if (isMap(value)) {
    for (const [key, inner] of Map.prototype.entries.call(value)) {
      yield [undefined, key];
      yield [undefined, inner];
    }
  } else if (isSet(value)) {
    for (const inner of Set.prototype.values.call(value)) yield [undefined, inner];
  }
  const isArray = Array.isArray(value);
  for (const key of Object.keys(value).slice(0, maxValues)) {
    if (value instanceof EventEmitter && key === "_events") continue;
    const descriptor = Object.getOwnPropertyDescriptor(value, key);
    if (descriptor !== undefined && "value" in descriptor) yield [isArray ? undefined : key, descriptor.value];
  }
}
