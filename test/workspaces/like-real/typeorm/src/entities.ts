import { Column, DataSource, Entity, JoinColumn, ManyToOne, OneToMany, PrimaryGeneratedColumn } from "typeorm";

@Entity("customers")
export class Customer {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ type: "text" })
  name!: string;

  @Column({ type: "text", nullable: true })
  city!: string | null;

  @Column({ type: "date", nullable: true })
  joined!: string | null;

  @Column({ type: "numeric" })
  score!: string;

  @Column({ name: "seen_at", type: "timestamptz", nullable: true })
  seenAt!: Date | null;

  @OneToMany(() => Order, (order) => order.customer)
  orders!: Order[];
}

@Entity("orders")
export class Order {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ name: "customer_id", type: "int" })
  customerId!: number;

  @ManyToOne(() => Customer, (customer) => customer.orders)
  @JoinColumn({ name: "customer_id" })
  customer!: Customer;

  @Column({ type: "int" })
  total!: number;

  @Column({ type: "text", nullable: true, select: false })
  note!: string | null;

  @Column({ type: "bigint" })
  big!: string;
}

export const database = new DataSource({ type: "postgres", entities: [Customer, Order] });
