import { findProduct } from "@/repositories/product-repository";

const cache = new Map<string, number>();

/** Asks the database only for prices it has not seen. */
export async function priceOf(productId: string) {
  const known = cache.get(productId);
  if (known !== undefined) return known;
  const product = await findProduct(productId);
  if (cache.size > 10_000) cache.clear();
  cache.set(productId, product?.priceCents ?? 0);
  return product?.priceCents ?? 0;
}
