import { prisma } from "@/lib/prisma";

export class UserRepository {
  async findById(id: string) {
    return prisma.user.findFirst({ where: { id } });
  }

  async findByIds(ids: string[]) {
    return prisma.user.findMany({ where: { id: { in: ids } } });
  }

  async findByEmail(email: string) {
    return prisma.user.findUnique({ where: { email } });
  }
}
