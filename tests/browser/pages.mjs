// The pages with a phone in them, on 127.0.0.1: /LIBRARY.html, and what they load.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

const drivers = { "sip-0.9.1": "older", "sip-0.13.8": "older", "sip-0.21.2": "newer", jssip: "jssip" };

const page_of = (library) => `<!doctype html><meta charset="utf-8"><title>${library}</title><link rel="icon" href="data:,">
<script src="/page/mouth.js"></script>
<script src="/library/${library}.js"></script>
<script type="module">
import { phone } from "/page/${drivers[library]}.js";
window.phone = phone;
</script>`;

async function content(path, folders) {
    const [, folder, name] = /^\/(?:(page|library)\/)?([\w.-]+)$/.exec(path) ?? [];
    const library = name?.replace(/\.html$/, "");
    if (!folder) { return drivers[library] && { type: "text/html", body: page_of(library) }; }
    return { type: "text/javascript", body: await readFile(`${folders[folder]}/${name}`) };
}

// `folders`: { page, library }
export async function serve_pages(folders) {
    const server = createServer(async (request, response) => {
        const found = await content(request.url, folders).catch(() => undefined);
        response.writeHead(found ? 200 : 404, { "Content-Type": found?.type ?? "text/plain" }).end(found?.body);
    });
    await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
    return `http://127.0.0.1:${server.address().port}`;
}
