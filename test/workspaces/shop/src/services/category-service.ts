import { prisma } from "@/lib/prisma";

export interface CategoryNode {
  id: string;
  name: string;
  children: CategoryNode[];
}

/** Planted: a query for each node of the tree. */
export async function categoryTree(parentId: string | null): Promise<CategoryNode[]> {
  const categories = await prisma.category.findMany({ where: { parentId } });
  const nodes: CategoryNode[] = [];
  for (const category of categories) {
    nodes.push({ id: category.id, name: category.name, children: await categoryTree(category.id) });
  }
  return nodes;
}

/** Fine: each step needs the parent the last one found. */
export async function breadcrumbs(id: string) {
  const path = [];
  let current = await prisma.category.findFirst({ where: { id } });
  while (current !== null) {
    path.unshift(current.name);
    if (current.parentId === null) break;
    current = await prisma.category.findFirst({ where: { id: current.parentId } });
  }
  return path;
}
