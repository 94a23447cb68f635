import { Op } from "sequelize";
import { Customer, Order } from "./models.js";

export async function all() {
  const found = await Customer.findAll({ order: [["id", "ASC"]] });
  return found;
}

export async function plain() {
  const found = await Customer.findAll({ raw: true, order: [["id", "DESC"]], limit: 3, offset: 1 });
  return found;
}

export async function one() {
  const found = [await Customer.findByPk(2), await Customer.findByPk(9_000), await Customer.findOne({ where: { id: 1 } })];
  return found;
}

export async function someById() {
  const found = await Customer.findAll({ where: { id: [1, 2, 2, 900] }, order: ["id"] });
  return found;
}

export async function noneById() {
  const found = await Customer.findAll({ where: { id: [] } });
  return found;
}

export async function chosen() {
  const found = await Customer.findAll({ attributes: ["id", "city"], order: [["id", "ASC"]] });
  return found;
}

export async function allBut() {
  const found = await Customer.findAll({ attributes: { exclude: ["score", "seenAt"] }, order: [["id", "ASC"]] });
  return found;
}

export async function operators() {
  const found = [
    await Customer.count({ where: { city: null } }),
    await Customer.count({ where: { city: { [Op.ne]: null } } }),
    await Customer.count({ where: { city: { [Op.not]: null } } }),
    await Customer.count({ where: { id: { [Op.gt]: 1, [Op.lte]: 4 } } }),
    await Customer.count({ where: { id: { [Op.notIn]: [1, 2] } } }),
    await Customer.count({ where: { id: { [Op.between]: [2, 5] } } }),
    await Customer.count({ where: { name: { [Op.like]: "name-1%" } } }),
    await Customer.count({ where: { name: { [Op.startsWith]: "name-2" } } }),
    await Customer.count({ where: { [Op.or]: [{ id: 1 }, { city: null }] } }),
    await Customer.count({ where: { [Op.and]: [{ id: 1 }, { name: "name-1" }] } }),
    await Customer.count({ where: { id: { [Op.or]: [1, 2] } } }),
  ];
  return found;
}

export async function withCustomer() {
  const found = await Order.findAll({ include: [{ model: Customer, as: "customer" }], order: [["id", "ASC"]] });
  return found;
}

export async function withSome() {
  const found = await Order.findAll({
    include: [{ model: Customer, as: "customer", attributes: ["name"] }],
    order: [["id", "ASC"]],
  });
  return found;
}

export async function withOrders() {
  const rows = await Customer.findAll({ include: [{ model: Order, as: "orders" }], order: [["id", "ASC"]] });
  const found = rows.map((row) => ({ name: row.name, orders: row.orders.map(({ id }) => id).sort((a, b) => a - b) }));
  return found;
}

export async function counted() {
  const found = await Order.findAndCountAll({ where: { customerId: 1 }, order: [["id", "ASC"]], limit: 2 });
  return found;
}

export async function made() {
  const row = await Customer.create({ name: "new", score: "1.50" });
  const found = [row.get("name"), await Customer.count({ where: { name: "new" } })];
  return found;
}

export async function madeTogether() {
  const rows = await Customer.bulkCreate([
    { name: "one", score: 1 },
    { name: "two", score: 2, city: "Rome" },
  ]);
  const found = [rows.length, await Customer.findAll({ attributes: ["name", "city"], where: { name: ["one", "two"] }, order: ["name"] })];
  return found;
}

export async function updated() {
  const [changed] = await Customer.update({ city: "Oslo" }, { where: { id: [1, 2] } });
  const found = [changed, await Customer.findAll({ attributes: ["id", "city"], order: ["id"] })];
  return found;
}

export async function deleted() {
  const found = [await Order.destroy({ where: { id: [1, 2, 9_000] } }), await Order.count()];
  return found;
}

export async function undefinedKey() {
  const found = await Customer.findAll({ where: { id: undefined } });
  return found;
}
