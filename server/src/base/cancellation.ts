/** Thrown by work that has been superseded; caught only where the work was started. */
export class Cancelled extends Error {
  constructor() {
    super("superseded by newer work");
    this.name = "Cancelled";
  }
}
