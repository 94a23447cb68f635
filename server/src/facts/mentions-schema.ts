/** Whether a text may declare database tables or change them, told without parsing it: such files are read even where nothing else in them matters. */
const SCHEMA_WORDS =
  /\b(?:createTable|alterTable|dropTable|renameTable|addIndex|createIndex|removeIndex|addColumn|addConstraint|addSql|queryInterface|pgTable|mysqlTable|sqliteTable|pgTableCreator|mysqlTableCreator|sqliteTableCreator|pgSchema|mysqlSchema|EntitySchema|sequelize|mongoose)\b|@(?:Entity|Column|Property|Prop|Table)\b/;

const SQL = /\b(?:create\s+(?:unique\s+)?(?:table|index)|alter\s+table|drop\s+(?:table|index))\b/i;

export function mentionsSchema(text: string): boolean {
  return SCHEMA_WORDS.test(text) || SQL.test(text);
}
