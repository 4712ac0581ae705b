// node embed.mjs OUT.cpp NAME FILE…: the files as NAME_assets() of server/http/assets.hpp.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { basename, extname } from "node:path";

const types = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
};
const bytes_a_line = 100;

// Octal escapes of three digits end where they should, whatever follows.
function escaped(byte) {
    const plain = byte >= 0x20 && byte < 0x7f && !'"\\?'.includes(String.fromCharCode(byte));
    return plain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, "0")}`;
}

function literal(bytes) {
    const lines = [];
    for (let at = 0; at < bytes.length; at += bytes_a_line) {
        lines.push(`"${[...bytes.subarray(at, at + bytes_a_line)].map(escaped).join("")}"`);
    }
    return lines.join("\n");
}

const etag = (bytes) => `"\\"${createHash("sha256").update(bytes).digest("hex").slice(0, 32)}\\""`;

const [out, name, ...files] = process.argv.slice(2);
const assets = files.map((file) => {
    const bytes = readFileSync(file);
    return `{"${basename(file)}", "${types[extname(file)]}", std::string_view{\n${literal(bytes)}, ${bytes.length}}, ${etag(bytes)}},\n`;
});
writeFileSync(out, `#include "server/http/assets.hpp"

namespace server::http {
namespace {
constexpr Asset assets[] = {
${assets.join("")}};
}  // namespace
std::span<const Asset> ${name}_assets() { return assets; }
}  // namespace server::http
`);
