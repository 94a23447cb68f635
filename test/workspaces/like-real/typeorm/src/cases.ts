import { Between, ILike, In, IsNull, LessThan, Like, MoreThanOrEqual, Not } from "typeorm";
import { Customer, database, Order } from "./entities.js";

const customers = database.getRepository(Customer);
const orders = database.getRepository(Order);

export async function all() {
  const found = await customers.find({ order: { id: "ASC" } });
  return found;
}

export async function someById() {
  const found = await customers.findBy({ id: In([1, 2, 2, 900]) });
  return found;
}

export async function noneById() {
  const found = await customers.findBy({ id: In([]) });
  return found;
}

export async function one() {
  const found = [await customers.findOneBy({ id: 2 }), await customers.findOneBy({ id: 9_000 })];
  return found;
}

export async function missing() {
  const found = await customers.findOneByOrFail({ id: 9_000 });
  return found;
}

export async function emptyConditions() {
  const found = await customers.find({ where: { city: undefined }, order: { id: "DESC" }, take: 3, skip: 1 });
  return found;
}

export async function either() {
  const found = await customers.find({ where: [{ id: 1 }, { city: IsNull() }], order: { id: "ASC" } });
  return found;
}

export async function operators() {
  const found = [
    await customers.count({ where: { city: Not(IsNull()) } }),
    await customers.countBy({ id: LessThan(4) }),
    await customers.countBy({ id: MoreThanOrEqual(4) }),
    await customers.countBy({ id: Between(2, 5) }),
    await customers.countBy({ name: Like("name-1%") }),
    await customers.countBy({ name: ILike("NAME-1%") }),
    await customers.countBy({ name: Not("name-1") }),
    await customers.countBy({ id: Not(In([1, 2])) }),
  ];
  return found;
}

export async function withCustomer() {
  const found = await orders.find({ relations: { customer: true }, order: { id: "ASC" } });
  return found;
}

export async function withOrders() {
  const found = await customers.find({ relations: ["orders"], order: { id: "ASC" } });
  for (const customer of found) customer.orders.sort((a, b) => a.id - b.id);
  return found;
}

export async function chosen() {
  const found = await customers.find({ select: { id: true, city: true }, order: { id: "ASC" } });
  return found;
}

export async function hidden() {
  const found = await orders.find({ select: ["id", "note"], order: { id: "ASC" } });
  return found;
}

export async function throughRelation() {
  const found = await orders.find({ where: { customer: { name: "name-1" } }, order: { id: "ASC" } });
  return found;
}

export async function counted() {
  const found = await orders.findAndCount({ where: { customerId: 1 }, order: { id: "ASC" }, take: 2, skip: 1 });
  return found;
}

export async function there() {
  const found = [await orders.existsBy({ id: 1 }), await orders.exists({ where: { id: 9_000 } })];
  return found;
}

export async function built() {
  const found = await orders
    .createQueryBuilder("o")
    .where("o.customerId IN (:...ids)", { ids: [1, 2] })
    .andWhere("o.total > :least", { least: 1 })
    .orWhere("o.id = :id", { id: 3 })
    .orderBy("o.id", "DESC")
    .take(5)
    .getMany();
  return found;
}

export async function builtAlong() {
  const found = await orders.createQueryBuilder("o").leftJoinAndSelect("o.customer", "c").orderBy("o.id").getManyAndCount();
  return found;
}

export async function inserted() {
  const made = await customers.insert([
    { name: "new", score: "1.50" },
    { name: "newer", score: "2", city: "Rome" },
  ]);
  const found = [made.identifiers.length, await customers.findBy({ name: In(["new", "newer"]) }).then((rows) => rows.map(({ name, city }) => [name, city]))];
  return found;
}

export async function saved() {
  const [first] = await customers.find({ where: { id: 1 } });
  if (first !== undefined) first.name = "changed";
  await customers.save([first!, customers.create({ name: "made", score: "3" })]);
  const found = await customers.find({ select: { name: true, city: true }, order: { name: "ASC" } });
  return found;
}

export async function updated() {
  const made = [await customers.update({ id: In([1, 2]) }, { city: "Oslo" }), await customers.update(3, { city: null })];
  const found = [made.map(({ affected }) => affected), await customers.find({ order: { id: "ASC" } })];
  return found;
}

export async function deleted() {
  const made = await orders.delete([1, 2, 9_000]);
  const found = [made.affected, await orders.count()];
  return found;
}
