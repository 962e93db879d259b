// An HTTP/2 server over TLS for transport tests. Prints its port, then serves until its standard input closes.
//
//     scripted-http2.mjs KEY CERTIFICATE
//
// GET /stream/<count>   so many lines, each a frame of its own
// GET /reset            half an answer, then the stream is reset while the connection stands
// GET /sessions         how many connections there were, as text

import { readFileSync } from "node:fs";
import { constants, createSecureServer } from "node:http2";

const [key, cert] = process.argv.slice(2).map((path) => readFileSync(path));
const server = createSecureServer({ key, cert });
let sessions = 0;
server.on("session", () => (sessions += 1));
server.on("request", async (request, response) => {
    const [, kind, count] = request.url.split("/");
    response.writeHead(200);
    if (kind === "sessions") return response.end(String(sessions));
    if (kind === "reset") {
        response.write("half");
        return setImmediate(() => response.stream.close(constants.NGHTTP2_INTERNAL_ERROR));
    }
    for (let line = 0; line < Number(count); line += 1) {
        response.write(`line ${line}\n`);
        await new Promise(setImmediate);
    }
    response.end();
});
process.stdin.on("end", () => process.exit(0)).resume();
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
