// A standard Socket.IO peer: argv is port, token and transports; says on stdout what happened, one JSON a line.
import { io } from "socket.io-client";

const [port, token, transports] = process.argv.slice(2);
const say = (told) => console.log(JSON.stringify(told));
const socket = io(`http://127.0.0.1:${port}/player`, {
  transports: transports.split(","),
  auth: { token },
  reconnection: false,
  forceNew: true,
});
const hello = () => socket.timeout(5_000).emitWithAck("hello", { nonce: "n1", protocol: 1 });

socket.on("connect_error", (error) => say({ error: error.message, data: error.data }));
socket.on("command", (told) => say({ command: told.kind }));
socket.on("disconnect", (reason) => say({ left: reason }));
socket.on("connect", async () => {
  if (transports.includes(",") && socket.io.engine.transport.name === "polling") {
    await new Promise((upgraded) => socket.io.engine.on("upgrade", upgraded));
  }
  const answer = await hello();
  say({ transport: socket.io.engine.transport.name, ok: answer.ok, screen: answer.screen.name });
});
setTimeout(() => process.exit(1), 20_000).unref();
process.stdin.on("data", async () => {
  say({ again: (await hello()).ok });
  socket.disconnect();
  process.stdin.destroy();
});
