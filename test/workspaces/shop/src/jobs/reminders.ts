import { Worker } from "bullmq";
import { prisma } from "@/lib/prisma";

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Fine: paced on purpose, so that the mail server is not flooded. */
export const reminders = new Worker("reminders", async (job) => {
  for (const orderId of job.data.orderIds as string[]) {
    await prisma.order.update({ where: { id: orderId }, data: { status: "reminded" } });
    await sleep(250);
  }
});
