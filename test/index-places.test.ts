/** Places a finding about an index leads to: where the column is declared, and the relation beside it. */
import { beforeAll, expect, test } from "vitest";
import { loadPostgres } from "../server/src/syntax/postgres.js";
import { analyzeFiles, ROOT } from "./harness/check-case.js";

beforeAll(loadPostgres);

const files = {
  "package.json": '{ "dependencies": { "pg": "8", "typeorm": "0.3", "express": "5" } }',
  "src/entities.ts": `import { Column, Entity, ManyToOne, OneToMany, PrimaryColumn } from "typeorm";
@Entity() export class Team { @PrimaryColumn() id: number; @OneToMany(() => Asset, (asset) => asset.team) assets: Asset[]; }
@Entity() export class Asset {
  @PrimaryColumn() id: number;
  @Column() teamId: number;
  @ManyToOne(() => Team, (team) => team.assets, { onDelete: "CASCADE" }) team: Team;
}`,
  "src/routes.ts": `import express from "express";
import { DataSource } from "typeorm";
import { Asset } from "./entities.js";
const source = new DataSource({ type: "postgres", entities: [Asset] });
const app = express();
app.get("/teams/:id/assets", async (request, response) => {
  response.json(await source.getRepository(Asset).find({ where: { teamId: Number(request.params.id) }, take: 50 }));
});`,
};

test("the query's finding leads to the column and to the relation declared beside it", () => {
  const found = analyzeFiles(files)
    .findings(`${ROOT}/src/routes.ts`)
    .find(({ rule }) => rule === "unindexed-filter");
  const places = (found?.related ?? []).filter(({ path }) => path === `${ROOT}/src/entities.ts`);
  // Lines of the column and of the relation.
  expect(places.map(({ range }) => range.start.line)).toEqual([5, 6]);
});
