/** What stands for `sequelize` and `sequelize-typescript`. */
import { query, rowsOf } from "../database.js";
import { decorator } from "../decorators.js";
import { partly } from "../passing.js";
import { cannot, outside } from "../stub.js";
import { EmptyResultError, Model, transaction } from "./model.js";
import { Op } from "./operators.js";

/** Types of columns and the like: named while models are defined, never asked. */
const types = outside("sequelize.DataTypes");

class Sequelize {
  static readonly Op = Op;
  static readonly Model = Model;
  static readonly DataTypes = types;
  readonly models: Record<string, unknown> = {};

  define(name: string, attributes: unknown, options?: unknown): unknown {
    const model = class extends Model {};
    Object.defineProperty(model, "name", { value: name });
    model.init(attributes, options);
    this.models[name] = model;
    return model;
  }
  model(name: string): unknown {
    return this.models[name];
  }
  readonly transaction = transaction;
  async query(
    written: string,
    options?: { readonly replacements?: unknown; readonly type?: unknown },
  ): Promise<unknown> {
    if (options?.replacements !== undefined) throw cannot("it runs SQL with `replacements`");
    const rows = rowsOf(await query(written));
    return options?.type === undefined ? [rows, rows] : rows;
  }
  authenticate(): Promise<void> {
    return Promise.resolve();
  }
  addModels(): void {
    return undefined;
  }
}

const DECORATORS = [
  "DefaultScope",
  "DeletedAt",
  "AfterFind",
  "BeforeFind",
  ...["Before", "After"].flatMap((when) =>
    ["", "Bulk"].flatMap((bulk) => ["Create", "Update", "Save", "Destroy"].map((what) => when + bulk + what)),
  ),
];

export const sequelizeModule: unknown = partly("sequelize", {
  Sequelize,
  default: Sequelize,
  Model,
  Op,
  DataTypes: types,
  DataType: types,
  EmptyResultError,
  ...Object.fromEntries(DECORATORS.map((name) => [name, decorator(name)])),
});
