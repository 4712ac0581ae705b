// One Chromium for all cases: node host.mjs SOCKET LIBRARIES PAGES. Who connects to the socket says, one JSON object a line,
//   { id, open: NAME, library, options, log }   a page with a phone of that library, its SIP and console in the file `log`
//                                               or the page at an address, `path`; of this size and colour scheme, `look`
//   { id, page: NAME, call: METHOD, arguments }  a method of that page's phone
//   { id, page: NAME, script }                   an expression of JavaScript in that page
//   { id, page: NAME, press }                    a key, as a person presses it
//   { id, page: NAME, reload }                   the page once more
//   { id, shot: NAME, path, whole }              a picture of the page, or only of what is in sight
// and is answered { id, result } or { id, error }. Pages go with the connection that opened them.
import { createWriteStream } from "node:fs";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";
import { serve_pages } from "./pages.mjs";

const [socket_path, library, page] = process.argv.slice(2);
// A network of its own, the fake devices' permissions, and pages that go on although nobody sees them.
const flags = `--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
    --disable-component-update --disable-sync --use-fake-ui-for-media-stream --use-fake-device-for-media-stream
    --allow-loopback-in-peer-connection --autoplay-policy=no-user-gesture-required --disable-background-timer-throttling
    --disable-renderer-backgrounding --disable-backgrounding-occluded-windows
    --disable-features=WebRtcHideLocalIpsWithMdns`.split(/\s+/);

const origin = await serve_pages({ page, library });
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: flags });

class Session {
    constructor(socket) {
        this.socket = socket;
        this.pages = new Map();
        this.context = browser.newContext();
    }

    async open({ open: name, library, options, log, path, look }) {
        const page = await (await this.context).newPage();
        if (look) {
            await page.setViewportSize({ width: look.width, height: look.height });
            await page.emulateMedia({ colorScheme: look.scheme });
        }
        this.pages.set(name, page);
        record(page, createWriteStream(log, { flags: "a" }));
        await page.goto(path ?? `${origin}/${library}.html`);
        if (path === undefined) { await page.evaluate((given) => window.phone.start(given), options); }
    }

    async carry_out(order) {
        if (order.open) { return this.open(order); }
        const page = this.pages.get(order.page ?? order.shot);
        if (order.shot) { return void await page.screenshot({ path: order.path, fullPage: order.whole ?? true }); }
        if (order.reload) { return void await page.reload(); }
        if (order.press) { return page.keyboard.press(order.press); }
        if (order.script) { return page.evaluate(order.script); }
        return page.evaluate(([method, given]) => window.phone[method](...given), [order.call, order.arguments]);
    }

    async on_line(line) {
        const order = JSON.parse(line);
        const answer = await this.carry_out(order).then((result) => ({ result }), (error) => ({ error: error.message }));
        this.socket.write(`${JSON.stringify({ id: order.id, ...answer })}\n`);
    }

    async close() { await (await this.context).close(); }
}

function record(page, log) {
    const write = (...words) => log.write(`${new Date().toISOString()} ${words.join(" ")}\n`);
    page.on("console", (message) => write(message.type(), message.text()));
    page.on("pageerror", (error) => write("error", error.message));
    page.on("websocket", (websocket) => {
        websocket.on("framesent", ({ payload }) => write(`sent\n${payload}`));
        websocket.on("framereceived", ({ payload }) => write(`received\n${payload}`));
        websocket.on("close", () => write("websocket closed"));
    });
}

const server = createServer((socket) => {
    const session = new Session(socket);
    // A case that was ended leaves its end unread.
    createInterface({ input: socket }).on("line", (line) => session.on_line(line)).on("error", () => {});
    socket.on("error", () => {}).on("close", () => session.close().catch((error) => console.error(error)));
});
process.on("SIGTERM", async () => {
    await browser.close();
    process.exit(0);
});
server.listen(socket_path, () => console.log(JSON.stringify({ origin, browser: browser.version() })));
