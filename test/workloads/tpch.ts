/**
 * The workload of TPC-H: its eight tables and the shapes of its 22 queries, written after the definitions that the Transaction Processing Performance Council
 * publishes, with the values it gives for validation. Not a TPC-H result, and no rows: sizes and spreads of values are those of scale factor 1, as defined.
 */

export interface WorkloadTable {
  readonly name: string;
  readonly rows: number;
  /** Bytes of a row, about. */
  readonly width: number;
  /** `name type`, in order. */
  readonly columns: readonly string[];
  readonly key: readonly string[];
  /** Number of values, or share of the rows when negative; by column. */
  readonly distinct: Readonly<Record<string, number>>;
  /** Least and greatest value of columns that are spread evenly. */
  readonly between?: Readonly<Record<string, readonly [string, string]>>;
}

export const tables: readonly WorkloadTable[] = [
  {
    name: "region",
    rows: 5,
    width: 120,
    columns: ["r_regionkey integer", "r_name char(25)", "r_comment varchar(152)"],
    key: ["r_regionkey"],
    distinct: { r_regionkey: -1, r_name: -1 },
  },
  {
    name: "nation",
    rows: 25,
    width: 110,
    columns: ["n_nationkey integer", "n_name char(25)", "n_regionkey integer", "n_comment varchar(152)"],
    key: ["n_nationkey"],
    distinct: { n_nationkey: -1, n_name: -1, n_regionkey: 5 },
  },
  {
    name: "part",
    rows: 200_000,
    width: 155,
    columns: [
      "p_partkey integer",
      "p_name varchar(55)",
      "p_mfgr char(25)",
      "p_brand char(10)",
      "p_type varchar(25)",
      "p_size integer",
      "p_container char(10)",
      "p_retailprice decimal(15,2)",
      "p_comment varchar(23)",
    ],
    key: ["p_partkey"],
    distinct: { p_partkey: -1, p_name: -1, p_mfgr: 5, p_brand: 25, p_type: 150, p_size: 50, p_container: 40 },
    between: { p_size: ["1", "50"] },
  },
  {
    name: "supplier",
    rows: 10_000,
    width: 159,
    columns: [
      "s_suppkey integer",
      "s_name char(25)",
      "s_address varchar(40)",
      "s_nationkey integer",
      "s_phone char(15)",
      "s_acctbal decimal(15,2)",
      "s_comment varchar(101)",
    ],
    key: ["s_suppkey"],
    distinct: { s_suppkey: -1, s_name: -1, s_nationkey: 25, s_acctbal: -1 },
  },
  {
    name: "partsupp",
    rows: 800_000,
    width: 144,
    columns: [
      "ps_partkey integer",
      "ps_suppkey integer",
      "ps_availqty integer",
      "ps_supplycost decimal(15,2)",
      "ps_comment varchar(199)",
    ],
    key: ["ps_partkey", "ps_suppkey"],
    distinct: { ps_partkey: -0.25, ps_suppkey: 10_000, ps_availqty: 9_999, ps_supplycost: 99_901 },
    between: { ps_availqty: ["1", "9999"] },
  },
  {
    name: "customer",
    rows: 150_000,
    width: 179,
    columns: [
      "c_custkey integer",
      "c_name varchar(25)",
      "c_address varchar(40)",
      "c_nationkey integer",
      "c_phone char(15)",
      "c_acctbal decimal(15,2)",
      "c_mktsegment char(10)",
      "c_comment varchar(117)",
    ],
    key: ["c_custkey"],
    distinct: { c_custkey: -1, c_name: -1, c_nationkey: 25, c_phone: -1, c_acctbal: -0.93, c_mktsegment: 5 },
    between: { c_acctbal: ["-999.99", "9999.99"] },
  },
  {
    name: "orders",
    rows: 1_500_000,
    width: 104,
    columns: [
      "o_orderkey integer",
      "o_custkey integer",
      "o_orderstatus char(1)",
      "o_totalprice decimal(15,2)",
      "o_orderdate date",
      "o_orderpriority char(15)",
      "o_clerk char(15)",
      "o_shippriority integer",
      "o_comment varchar(79)",
    ],
    key: ["o_orderkey"],
    distinct: {
      o_orderkey: -1,
      o_custkey: 99_996,
      o_orderstatus: 3,
      o_totalprice: -0.96,
      o_orderdate: 2_406,
      o_orderpriority: 5,
      o_clerk: 1_000,
      o_shippriority: 1,
    },
    between: { o_orderdate: ["1992-01-01", "1998-08-02"] },
  },
  {
    name: "lineitem",
    rows: 6_001_215,
    width: 112,
    columns: [
      "l_orderkey integer",
      "l_partkey integer",
      "l_suppkey integer",
      "l_linenumber integer",
      "l_quantity decimal(15,2)",
      "l_extendedprice decimal(15,2)",
      "l_discount decimal(15,2)",
      "l_tax decimal(15,2)",
      "l_returnflag char(1)",
      "l_linestatus char(1)",
      "l_shipdate date",
      "l_commitdate date",
      "l_receiptdate date",
      "l_shipinstruct char(25)",
      "l_shipmode char(10)",
      "l_comment varchar(44)",
    ],
    key: ["l_orderkey", "l_linenumber"],
    distinct: {
      l_orderkey: -0.25,
      l_partkey: 200_000,
      l_suppkey: 10_000,
      l_linenumber: 7,
      l_quantity: 50,
      l_extendedprice: 933_900,
      l_discount: 11,
      l_tax: 9,
      l_returnflag: 3,
      l_linestatus: 2,
      l_shipdate: 2_526,
      l_commitdate: 2_466,
      l_receiptdate: 2_554,
      l_shipinstruct: 4,
      l_shipmode: 7,
    },
    between: {
      l_quantity: ["1", "50"],
      l_discount: ["0.00", "0.10"],
      l_shipdate: ["1992-01-02", "1998-12-01"],
      l_commitdate: ["1992-01-31", "1998-10-31"],
      l_receiptdate: ["1992-01-03", "1998-12-31"],
    },
  },
];

const revenue = "sum(l_extendedprice * (1 - l_discount))";

/** In the order of the specification: the first is Q1. */
export const queries: readonly string[] = [
  `select l_returnflag, l_linestatus, sum(l_quantity), sum(l_extendedprice), ${revenue}, avg(l_discount), count(*)
     from lineitem where l_shipdate <= date '1998-09-02' group by l_returnflag, l_linestatus order by l_returnflag, l_linestatus`,
  `select s_acctbal, s_name, n_name, p_partkey, p_mfgr from part, supplier, partsupp, nation, region
     where p_partkey = ps_partkey and s_suppkey = ps_suppkey and p_size = 15 and p_type like '%BRASS' and s_nationkey = n_nationkey
       and n_regionkey = r_regionkey and r_name = 'EUROPE'
       and ps_supplycost = (select min(ps.ps_supplycost) from partsupp ps, supplier s, nation n, region r where p_partkey = ps.ps_partkey
         and s.s_suppkey = ps.ps_suppkey and s.s_nationkey = n.n_nationkey and n.n_regionkey = r.r_regionkey and r.r_name = 'EUROPE')
     order by s_acctbal desc, n_name, s_name, p_partkey limit 100`,
  `select l_orderkey, ${revenue} as revenue, o_orderdate, o_shippriority from customer, orders, lineitem
     where c_mktsegment = 'BUILDING' and c_custkey = o_custkey and l_orderkey = o_orderkey and o_orderdate < date '1995-03-15'
       and l_shipdate > date '1995-03-15' group by l_orderkey, o_orderdate, o_shippriority order by revenue desc, o_orderdate limit 10`,
  `select o_orderpriority, count(*) from orders where o_orderdate >= date '1993-07-01' and o_orderdate < date '1993-10-01'
       and exists (select * from lineitem where l_orderkey = o_orderkey and l_commitdate < l_receiptdate)
     group by o_orderpriority order by o_orderpriority`,
  `select n_name, ${revenue} as revenue from customer, orders, lineitem, supplier, nation, region
     where c_custkey = o_custkey and l_orderkey = o_orderkey and l_suppkey = s_suppkey and c_nationkey = s_nationkey
       and s_nationkey = n_nationkey and n_regionkey = r_regionkey and r_name = 'ASIA' and o_orderdate >= date '1994-01-01'
       and o_orderdate < date '1995-01-01' group by n_name order by revenue desc`,
  `select sum(l_extendedprice * l_discount) from lineitem where l_shipdate >= date '1994-01-01' and l_shipdate < date '1995-01-01'
       and l_discount between 0.05 and 0.07 and l_quantity < 24`,
  `select a.n_name, b.n_name, extract(year from l_shipdate) as l_year, ${revenue} from supplier, lineitem, orders, customer, nation a, nation b
     where s_suppkey = l_suppkey and o_orderkey = l_orderkey and c_custkey = o_custkey and s_nationkey = a.n_nationkey
       and c_nationkey = b.n_nationkey and ((a.n_name = 'FRANCE' and b.n_name = 'GERMANY') or (a.n_name = 'GERMANY' and b.n_name = 'FRANCE'))
       and l_shipdate between date '1995-01-01' and date '1996-12-31' group by a.n_name, b.n_name, l_year order by a.n_name, b.n_name, l_year`,
  `select extract(year from o_orderdate) as o_year, sum(case when b.n_name = 'BRAZIL' then l_extendedprice * (1 - l_discount) else 0 end) / ${revenue}
     from part, supplier, lineitem, orders, customer, nation a, nation b, region
     where p_partkey = l_partkey and s_suppkey = l_suppkey and l_orderkey = o_orderkey and o_custkey = c_custkey
       and c_nationkey = a.n_nationkey and a.n_regionkey = r_regionkey and r_name = 'AMERICA' and s_nationkey = b.n_nationkey
       and o_orderdate between date '1995-01-01' and date '1996-12-31' and p_type = 'ECONOMY ANODIZED STEEL' group by o_year order by o_year`,
  `select n_name, extract(year from o_orderdate) as o_year, sum(l_extendedprice * (1 - l_discount) - ps_supplycost * l_quantity)
     from part, supplier, lineitem, partsupp, orders, nation
     where s_suppkey = l_suppkey and ps_suppkey = l_suppkey and ps_partkey = l_partkey and p_partkey = l_partkey
       and o_orderkey = l_orderkey and s_nationkey = n_nationkey and p_name like '%green%' group by n_name, o_year order by n_name, o_year desc`,
  `select c_custkey, c_name, ${revenue} as revenue, c_acctbal, n_name, c_address, c_phone from customer, orders, lineitem, nation
     where c_custkey = o_custkey and l_orderkey = o_orderkey and o_orderdate >= date '1993-10-01' and o_orderdate < date '1994-01-01'
       and l_returnflag = 'R' and c_nationkey = n_nationkey group by c_custkey, c_name, c_acctbal, c_phone, n_name, c_address
     order by revenue desc limit 20`,
  `select ps_partkey, sum(ps_supplycost * ps_availqty) as value from partsupp, supplier, nation
     where ps_suppkey = s_suppkey and s_nationkey = n_nationkey and n_name = 'GERMANY' group by ps_partkey
     having sum(ps_supplycost * ps_availqty) > (select sum(ps.ps_supplycost * ps.ps_availqty) * 0.0001 from partsupp ps, supplier s, nation n
       where ps.ps_suppkey = s.s_suppkey and s.s_nationkey = n.n_nationkey and n.n_name = 'GERMANY') order by value desc`,
  `select l_shipmode, sum(case when o_orderpriority in ('1-URGENT', '2-HIGH') then 1 else 0 end) from orders, lineitem
     where o_orderkey = l_orderkey and l_shipmode in ('MAIL', 'SHIP') and l_commitdate < l_receiptdate and l_shipdate < l_commitdate
       and l_receiptdate >= date '1994-01-01' and l_receiptdate < date '1995-01-01' group by l_shipmode order by l_shipmode`,
  `select c_count, count(*) from (select c_custkey, count(o_orderkey) as c_count from customer left outer join orders
       on c_custkey = o_custkey and o_comment not like '%special%requests%' group by c_custkey) as c_orders
     group by c_count order by count(*) desc, c_count desc`,
  `select 100.00 * sum(case when p_type like 'PROMO%' then l_extendedprice * (1 - l_discount) else 0 end) / ${revenue} from lineitem, part
     where l_partkey = p_partkey and l_shipdate >= date '1995-09-01' and l_shipdate < date '1995-10-01'`,
  `with revenue as (select l_suppkey as supplier_no, ${revenue} as total_revenue from lineitem where l_shipdate >= date '1996-01-01'
       and l_shipdate < date '1996-04-01' group by l_suppkey)
     select s_suppkey, s_name, s_address, s_phone, total_revenue from supplier, revenue where s_suppkey = supplier_no
       and total_revenue = (select max(total_revenue) from revenue) order by s_suppkey`,
  `select p_brand, p_type, p_size, count(distinct ps_suppkey) as supplier_cnt from partsupp, part
     where p_partkey = ps_partkey and p_brand <> 'Brand#45' and p_type not like 'MEDIUM POLISHED%' and p_size in (49, 14, 23, 45, 19, 3, 36, 9)
       and ps_suppkey not in (select s_suppkey from supplier where s_comment like '%Customer%Complaints%')
     group by p_brand, p_type, p_size order by supplier_cnt desc, p_brand, p_type, p_size`,
  `select sum(l_extendedprice) / 7.0 from lineitem, part where p_partkey = l_partkey and p_brand = 'Brand#23' and p_container = 'MED BOX'
       and l_quantity < (select 0.2 * avg(l.l_quantity) from lineitem l where l.l_partkey = p_partkey)`,
  `select c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice, sum(l_quantity) from customer, orders, lineitem
     where o_orderkey in (select l.l_orderkey from lineitem l group by l.l_orderkey having sum(l.l_quantity) > 300)
       and c_custkey = o_custkey and o_orderkey = l_orderkey group by c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice
     order by o_totalprice desc, o_orderdate limit 100`,
  `select ${revenue} from lineitem, part where p_partkey = l_partkey and l_shipmode in ('AIR', 'AIR REG') and l_shipinstruct = 'DELIVER IN PERSON'
       and ((p_brand = 'Brand#12' and p_container in ('SM CASE', 'SM BOX', 'SM PACK', 'SM PKG') and l_quantity between 1 and 11 and p_size between 1 and 5)
         or (p_brand = 'Brand#23' and p_container in ('MED BAG', 'MED BOX', 'MED PKG', 'MED PACK') and l_quantity between 10 and 20 and p_size between 1 and 10)
         or (p_brand = 'Brand#34' and p_container in ('LG CASE', 'LG BOX', 'LG PACK', 'LG PKG') and l_quantity between 20 and 30 and p_size between 1 and 15))`,
  `select s_name, s_address from supplier, nation where s_suppkey in (select ps_suppkey from partsupp
       where ps_partkey in (select p_partkey from part where p_name like 'forest%') and ps_availqty > (select 0.5 * sum(l_quantity) from lineitem
         where l_partkey = ps_partkey and l_suppkey = ps_suppkey and l_shipdate >= date '1994-01-01' and l_shipdate < date '1995-01-01'))
       and s_nationkey = n_nationkey and n_name = 'CANADA' order by s_name`,
  `select s_name, count(*) as numwait from supplier, lineitem l1, orders, nation
     where s_suppkey = l1.l_suppkey and o_orderkey = l1.l_orderkey and o_orderstatus = 'F' and l1.l_receiptdate > l1.l_commitdate
       and exists (select * from lineitem l2 where l2.l_orderkey = l1.l_orderkey and l2.l_suppkey <> l1.l_suppkey)
       and not exists (select * from lineitem l3 where l3.l_orderkey = l1.l_orderkey and l3.l_suppkey <> l1.l_suppkey and l3.l_receiptdate > l3.l_commitdate)
       and s_nationkey = n_nationkey and n_name = 'SAUDI ARABIA' group by s_name order by numwait desc, s_name limit 100`,
  `select substring(c_phone from 1 for 2) as cntrycode, count(*), sum(c_acctbal) from customer
     where substring(c_phone from 1 for 2) in ('13', '31', '23', '29', '30', '18', '17')
       and c_acctbal > (select avg(c.c_acctbal) from customer c where c.c_acctbal > 0.00 and substring(c.c_phone from 1 for 2) in ('13', '31', '23', '29', '30', '18', '17'))
       and not exists (select * from orders where o_custkey = c_custkey) group by cntrycode order by cntrycode`,
];
