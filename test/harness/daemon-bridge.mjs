// Standard streams to a running daemon's socket, for an editor that starts its server as a child: `node daemon-bridge.mjs SOCKET VERSION`.
import { connect } from "node:net";

const [socketPath, version] = process.argv.slice(2);
const socket = connect(socketPath);
socket.write(`${JSON.stringify({ hotpath: version, protocol: 1, purpose: "lsp" })}\n`);
let head = Buffer.alloc(0);
const onData = (chunk) => {
  head = Buffer.concat([head, chunk]);
  const end = head.indexOf(10);
  if (end < 0) return;
  socket.off("data", onData);
  if (!JSON.parse(head.subarray(0, end).toString("utf8")).ok) process.exit(1);
  process.stdout.write(head.subarray(end + 1));
  socket.pipe(process.stdout);
  process.stdin.pipe(socket);
};
socket.on("data", onData);
for (const stream of [socket, process.stdin]) stream.on("close", () => process.exit(0));
socket.on("error", () => process.exit(1));
