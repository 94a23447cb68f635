/** `ObjectId`: 24 hexadecimal digits. Those that programs make follow one another, so that two runs make the same. */
import { written } from "../sql.js";

const made = { count: 0 };

export class ObjectId {
  readonly #hex: string;
  constructor(given?: unknown) {
    if (given === undefined || given === null) this.#hex = (0xf00000 + ++made.count).toString(16).padStart(24, "0");
    else if (given instanceof ObjectId) this.#hex = given.toHexString();
    else if (typeof given === "string" && ObjectId.isValid(given)) this.#hex = given.toLowerCase();
    else {
      const error = new Error("input must be a 24 character hex string, 12 byte Uint8Array, or an integer");
      error.name = "BSONError";
      throw error;
    }
  }
  static isValid(value: unknown): boolean {
    return value instanceof ObjectId || (typeof value === "string" && /^[0-9a-f]{24}$/i.test(value));
  }
  static createFromHexString(hex: string): ObjectId {
    return new ObjectId(hex);
  }
  get _id(): this {
    return this;
  }
  toHexString(): string {
    return this.#hex;
  }
  toString(): string {
    return this.#hex;
  }
  toJSON(): string {
    return this.#hex;
  }
  valueOf(): string {
    return this.#hex;
  }
  equals(other: unknown): boolean {
    return other !== null && other !== undefined && idText(other).toLowerCase() === this.#hex;
  }
}

/** A key as text, whether it is an `ObjectId` or what stands for one. */
export function idText(value: unknown): string {
  return value instanceof ObjectId ? value.toHexString() : written(value);
}
