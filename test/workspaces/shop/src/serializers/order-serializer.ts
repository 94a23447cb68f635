import { findProduct } from "@/repositories/product-repository";

interface Line {
  productId: string;
  quantity: number;
}

/** One row of a list; asks the database for what the list did not load. */
export async function serializeLine(line: Line) {
  const product = await findProduct(line.productId);
  return { name: product?.name ?? "gone", quantity: line.quantity };
}
