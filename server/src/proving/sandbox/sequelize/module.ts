import { partly } from "../passing.js";
export const sequelizeModule: unknown = partly("sequelize", {});
