/** Numbers that DAP wants for what we know by address: the same address always has the same one. */
export class AddressNumbers {
  readonly #numbers = new Map<bigint, number>();
  readonly #addresses: bigint[] = [];

  numberOf(address: bigint): number {
    const known = this.#numbers.get(address);
    if (known !== undefined) return known;
    this.#addresses.push(address);
    this.#numbers.set(address, this.#addresses.length);
    return this.#addresses.length;
  }
  at(number: number): bigint | undefined {
    return this.#addresses[number - 1];
  }
}
