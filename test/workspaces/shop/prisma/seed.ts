import bcrypt from "bcrypt";
import { PrismaClient } from "@prisma/client";

const prisma = new PrismaClient();

async function main() {
  const emails = ["ada@example.test", "grace@example.test"];
  for (const email of emails.concat(process.argv.slice(2))) {
    await prisma.user.create({ data: { email, password: bcrypt.hashSync("secret", 10) } });
  }
}

void main();
