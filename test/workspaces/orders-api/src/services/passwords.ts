import { pbkdf2Sync } from "node:crypto";

/** Planted: hashing on the thread that answers requests. */
export function hashPassword(password: string): string {
  return pbkdf2Sync(password, "salt", 60_000, 32, "sha256").toString("hex");
}
