#include "config/reference.hpp"

#include <map>
#include <utility>
#include <vector>

#include "config/embedded.hpp"
#include "config/keys.hpp"

namespace config {

namespace {

constexpr std::string_view introduction = R"(# Configuration

Made by `holdfast config-reference`; do not edit by hand.

A YAML file, named with `-c FILE`. Everything has a default and an empty file is valid; a key that is not on this page is an
error, reported with file, line, column and the nearest key. `holdfast check -c FILE` reports every error at once.

- `${VAR}` and `${VAR:-default}` are replaced from the environment, `${file:/run/secrets/x}` by the content of a file, in
  values everywhere; `$${` is a plain `${`. What is put in is never read as YAML and never shown in messages.
- `HOLDFAST_SECTION__KEY=value` in the environment (a double underscore for each level, the number of an item for a list,
  `_` also for `-`) wins over the file, and `--set section.key=value` over both. A list is written `[a, b]`.
- `HOLDFAST_SECTION__KEY_FILE=/run/secrets/x` takes the value from a file, without the end of its last line.
- `HOLDFAST_CONFIG_BODY` may hold the whole file; `-c` wins over it.
- Durations are `500ms`, `5s`, `10m`, `1h`; sizes `65536` or `64KiB`. Where a list is expected, one item is a list of one.
- `NAME` is a name of your own (letters, digits, `-`, `_`, `.`, `+`), `[]` an item of a list.
- What stands under `hold`, `renegotiation` or `media` of a trunk or user wins over the global value.
- A request belongs to the trunk whose `allow` holds its source address, by longest prefix, else to the user whose
  password it proves, else it is refused. The first route that matches is taken; `trunk:NAME` keeps the dialled user part
  and sends the call to a peer of that trunk.
)";

const std::map<std::string_view, std::string_view> about{
    {"server", "The process."},
    {"log", "What is written to stderr."},
    {"sip", "Signalling."},
    {"media", "RTP and RTCP."},
    {"renegotiation", "Changes within a call."},
    {"hold", "Calls on hold, and the music."},
    {"users", "People with a phone."},
    {"registrar", "Where users are."},
    {"trunks", "Carriers and PBXs."},
    {"routes", "Where calls go."},
    {"admin", "The HTTP API."},
    {"metrics", "Prometheus."},
    {"cdr", "Records of calls."},
    {"capture", "What `holdfast pcap` and the console show of a call."},
    {"hep", "Copies for Homer."},
};

// A table cell: a bar would end it.
std::string cell(const std::string& text) {
    std::string result;
    for (const char c : text) {
        if (c == '|') { result += '\\'; }
        result += c;
    }
    return result;
}

std::string default_of(const Key& key, const Scope& sample) {
    if (key.required) { return "required"; }
    return key.fallback.empty() ? '`' + key.kind.show(sample) + '`' : key.fallback;
}

}  // namespace

std::string reference() {
    SampleScope sample;
    std::string page{introduction};
    std::string section;
    for (const Key& key : make_keys()) {
        const std::string top = key.path.substr(0, key.path.find_first_of(".["));
        if (top != section) {
            section = top;
            page += "\n## " + section + "\n" + std::string{about.at(section)} +
                    "\n\n| key | type | default | unit | meaning |\n|---|---|---|---|---|\n";
        }
        page += "| `" + key.path + "` | " + cell(key.kind.type) + " | " + cell(default_of(key, sample.scope)) + " | " +
                cell(key.kind.unit) + " | " + cell(key.meaning) + " |\n";
    }
    page += "\n## Without a file\nThe server runs on this, on loopback only:\n\n```yaml\n";
    page.append(embedded_yaml()).append("```\n");
    return page;
}

}  // namespace config
