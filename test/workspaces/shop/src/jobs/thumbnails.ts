import { execSync } from "node:child_process";
import { Worker } from "bullmq";
import { prisma } from "@/lib/prisma";

/** Planted: the worker stands still while another program runs. */
export const thumbnails = new Worker("thumbnails", async (job) => {
  execSync(`convert ${job.data.file} -resize 200x200 ${job.data.file}.thumb.png`);
  await prisma.product.update({ where: { id: job.data.productId }, data: { name: job.data.name } });
});
