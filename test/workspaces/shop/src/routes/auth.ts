import bcrypt from "bcrypt";
import { Router } from "express";
import { UserRepository } from "@/repositories/user-repository";
import { SessionRepository } from "@/repositories/session-repository";

const users = new UserRepository();
const sessions = new SessionRepository();

export const authRouter = Router();

/** Planted: a password is compared on the event loop. */
authRouter.post("/login", async (request, response) => {
  const user = await users.findByEmail(request.body.email);
  if (user === null || !bcrypt.compareSync(request.body.password, user.password)) {
    response.status(401).end();
    return;
  }
  await sessions.save(request.body.token, user.id);
  response.status(204).end();
});

/** Fine: sessions are in memory. */
authRouter.post("/check", async (request, response) => {
  const alive = [];
  for (const token of request.body.tokens as string[]) {
    if ((await sessions.findOne(token)) !== undefined) alive.push(token);
  }
  response.json(alive);
});

/** Fine: the async form. */
authRouter.post("/register", async (request, response) => {
  const hash = await bcrypt.hash(request.body.password, 12);
  response.json({ hash: hash.length });
});
