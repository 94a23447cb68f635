import type { NextFunction, Request, Response } from "express";

export function requestLog(request: Request, response: Response, next: NextFunction) {
  const started = performance.now();
  response.on("finish", () => console.log(request.method, request.path, Math.round(performance.now() - started)));
  next();
}
