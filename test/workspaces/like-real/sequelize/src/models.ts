import { DataTypes, Model, Sequelize } from "sequelize";

export const sequelize = new Sequelize({ dialect: "postgres", logging: false });

export class Customer extends Model {
  declare id: number;
  declare name: string;
  declare city: string | null;
  declare orders: Order[];
}

Customer.init(
  {
    id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
    name: { type: DataTypes.TEXT, allowNull: false },
    city: DataTypes.TEXT,
    joined: DataTypes.DATEONLY,
    score: { type: DataTypes.DECIMAL, allowNull: false },
    seenAt: { type: DataTypes.DATE, field: "seen_at" },
  },
  { sequelize, modelName: "Customer", tableName: "customers", timestamps: false },
);

export class Order extends Model {
  declare id: number;
  declare customerId: number;
}

Order.init(
  {
    id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
    customerId: { type: DataTypes.INTEGER, allowNull: false, field: "customer_id" },
    total: { type: DataTypes.INTEGER, allowNull: false },
    note: DataTypes.TEXT,
    big: { type: DataTypes.BIGINT, allowNull: false },
  },
  { sequelize, modelName: "Order", tableName: "orders", timestamps: false },
);

Order.belongsTo(Customer, { foreignKey: "customerId", as: "customer" });
Customer.hasMany(Order, { foreignKey: "customerId", as: "orders" });
