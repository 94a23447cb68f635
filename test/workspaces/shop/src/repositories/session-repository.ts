/** Sessions live in memory, however much this looks like a database. */
export class SessionRepository {
  private readonly sessions = new Map<string, { userId: string }>();

  async findOne(token: string) {
    return this.sessions.get(token);
  }

  async save(token: string, userId: string) {
    this.sessions.set(token, { userId });
  }

  async deleteMany(tokens: string[]) {
    for (const token of tokens) await this.remove(token);
  }

  private async remove(token: string) {
    this.sessions.delete(token);
  }
}
