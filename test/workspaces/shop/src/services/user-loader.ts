import DataLoader from "dataloader";
import { UserRepository } from "@/repositories/user-repository";

/** Fine: the loader gathers the ids of one tick and asks once. */
export function createUserLoader(users: UserRepository) {
  return new DataLoader(async (ids: readonly string[]) => {
    const found = await users.findByIds([...ids]);
    const byId = new Map(found.map((user) => [user.id, user]));
    return ids.map((id) => byId.get(id) ?? null);
  });
}
