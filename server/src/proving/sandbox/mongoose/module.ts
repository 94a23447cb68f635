import { partly } from "../passing.js";
export const mongooseModule: unknown = partly("mongoose", {});
export const nestMongooseModule: unknown = partly("@nestjs/mongoose", {});
export const modelFor = (target: unknown): unknown => target;
