import type { IndexedValues, NamedValue } from './named-value';

/** What a number stands for while the guest is stopped. */
export interface Container {
  /** Stays the same from stop to stop for the same thing. */
  readonly key: string;
  children(): readonly NamedValue[];
  readonly indexed: IndexedValues | undefined;
}

/**
 * DAP's numbers for things with children. When the guest goes on, the values die and the numbers stay: the same thing
 * has the same number at the next stop, so that a client keeps its tree open.
 */
export class VariableHandles {
  readonly #numbers = new Map<string, number>();
  readonly #live = new Map<number, Container>();

  /** The number of a container, which is live until the guest goes on. */
  reference(container: Container): number {
    const number = this.#numbers.get(container.key) ?? this.#numbers.size + 1;
    this.#numbers.set(container.key, number);
    this.#live.set(number, container);
    return number;
  }

  find(number: number): Container | undefined {
    return this.#live.get(number);
  }

  invalidate(): void {
    this.#live.clear();
  }
}
