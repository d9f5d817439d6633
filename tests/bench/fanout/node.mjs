// socket.io's own server. argv: port; the folder the package is installed in is the working directory.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const { Server } = createRequire(`${process.cwd()}/`)("socket.io");
const text = "三号车间燃气泄漏，请立即停止作业，沿绿色通道撤离到北门集合点清点人数。";
const say = (told) => process.stdout.write(`${JSON.stringify(told)}\n`);
const now = () => Number(process.hrtime.bigint());
const http = createServer();
const io = new Server(http, { pingInterval: 600_000 });
let missing = 0;

io.on("connection", (socket) => {
  socket.on("hello", (_told, answer) => answer({ ok: true }));
  socket.on("alert_shown", (_told, answer) => {
    answer({ ok: true });
    missing -= 1;
    if (missing === 0) {
      say({ proved: now() });
    }
  });
});
createInterface({ input: process.stdin })
  .on("line", (line) => {
    const { mark } = JSON.parse(line);
    const alert = { id: "a1", revision: 1, headline: `${text} ${mark}`, instruction: text, severity: "extreme" };
    const began = now();
    missing = io.engine.clientsCount;
    io.emit("alerts_changed", { epoch: "e".repeat(32), seq: 1, now: 1_763_000_000_000, alerts: [alert] });
    say({ began, issued: now() });
  })
  .on("close", () => process.exit(0));
http.listen({ host: "127.0.0.1", port: Number(process.argv[2]), backlog: 4_096 }, () => {
  say({ port: http.address().port, at: now() });
});
