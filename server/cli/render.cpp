#include "server/cli/render.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <iterator>
#include <utility>

namespace server::cli {

namespace {

namespace json = boost::json;
using Row = std::vector<std::string>;

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

std::string shortened(const std::string& text) {
    if (width(text) <= max_cell) { return text; }
    std::size_t end = 0;
    for (std::size_t begun = 0; end < text.size(); ++end) {
        if (!continues(text[end]) && ++begun == max_cell) { break; }
    }
    return text.substr(0, end) + "…";
}

const json::value* member(const json::value& value, std::string_view path) {
    const json::value* at = &value;
    while (true) {
        const auto dot = path.find('.');
        const json::object* const object = at->if_object();
        if (!object) { return nullptr; }
        at = object->if_contains(path.substr(0, dot));
        if (!at || dot == path.npos) { return at; }
        path.remove_prefix(dot + 1);
    }
}

std::string scalar(const json::value& value) {
    if (const json::string* const text = value.if_string()) { return printable({text->data(), text->size()}); }
    if (const double* const number = value.if_double()) {  // serialize() would write 0E0
        char text[32];
        const auto end = std::to_chars(std::begin(text), std::end(text), *number).ptr;
        return {text, end};
    }
    return value.is_null() ? std::string{} : printable(json::serialize(value));
}

bool is_true(const json::value& value, std::string_view path) {
    const json::value* const found = member(value, path);
    return found && found->is_bool() && found->get_bool();
}

// "a", "b", "a b": on which legs something is so.
std::string legs(const json::value& call, const std::string& what) {
    const bool a = is_true(call, what + ".a");
    const bool b = is_true(call, what + ".b");
    return a && b ? "a b" : a ? "a" : b ? "b" : "";
}

std::string codec(const json::value& call, const std::string& leg) {
    const json::value* const slots = member(call, "legs." + leg + ".slots");
    if (!slots || !slots->is_array() || slots->get_array().empty()) { return {}; }
    return field(slots->get_array().front(), "codec");
}

std::string codecs(const json::value& call) {
    const std::string a = codec(call, "a");
    const std::string b = codec(call, "b");
    return a == b || b.empty() ? a : a + "/" + b;
}

void flatten(const json::value& value, const std::string& path, std::vector<Row>& rows) {
    if (const json::object* const object = value.if_object()) {
        for (const auto& entry : *object) {
            const std::string key = printable({entry.key().data(), entry.key().size()});
            flatten(entry.value(), path.empty() ? key : path + '.' + key, rows);
        }
        return;
    }
    if (const json::array* const array = value.if_array()) {
        for (std::size_t i = 0; i < array->size(); ++i) {
            flatten((*array)[i], path + '[' + std::to_string(i) + ']', rows);
        }
        return;
    }
    rows.push_back({path, scalar(value)});
}

}  // namespace

std::size_t width(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return !continues(c); }));
}

std::string field(const json::value& value, std::string_view path) {
    const json::value* const found = member(value, path);
    return found ? scalar(*found) : std::string{};
}

std::string printable(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
        const bool c1 = byte == 0xc2 && next >= 0x80 && next < 0xa0;  // U+0080 to U+009F, controls as well
        if (c1) { ++i; }
        result += byte < 0x20 || byte == 0x7f || c1 ? '?' : text[i];
    }
    return result;
}

std::string render_table(const std::vector<Row>& rows) {
    std::vector<std::size_t> widths;
    for (const Row& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) { widths[i] = std::max(widths[i], width(row[i])); }
    }
    std::string text;
    for (const Row& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            line += row[i];
            line.append(widths[i] - width(row[i]) + 2, ' ');
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + '\n';
    }
    return text;
}

std::string render_calls(const json::array& calls) {
    if (calls.empty()) { return "no calls\n"; }
    std::vector<Row> rows{{"ID", "STATE", "FROM", "TO", "ROUTE", "STARTED", "HOLD", "MUSIC", "CODEC"}};
    for (const json::value& call : calls) {
        Row row{field(call, "id"),  field(call, "state"),     field(call, "from"),
                field(call, "to"),  field(call, "route"),     field(call, "started"),
                legs(call, "hold"), legs(call, "hold.music"), codecs(call)};
        // the id stays whole: it is what the other commands are given
        std::transform(row.begin() + 1, row.end(), row.begin() + 1,
                       [](const std::string& cell) { return shortened(cell); });
        rows.push_back(std::move(row));
    }
    return render_table(rows) + (calls.size() == 1 ? "1 call\n" : std::to_string(calls.size()) + " calls\n");
}

namespace {

// Of a trunk, or of one of its peers.
std::string state_of(const json::value& one) {
    const std::string up = field(one, "up");
    return up == "true" ? "up" : up == "false" ? "down" : "unknown";
}

// "415 ×1, 488 ×20"
std::string counts(const json::value* by_name) {
    std::string text;
    if (!by_name || !by_name->is_object()) { return text; }
    for (const auto& one : by_name->get_object()) {
        if (!text.empty()) { text += ", "; }
        text += printable({one.key().data(), one.key().size()}) + " ×" + scalar(one.value());
    }
    return text;
}

}  // namespace

std::string render_trunks(const json::value& trunks) {
    std::vector<Row> rows{{"TRUNK", "STATE", "CALLS", "PEER", "IS", "SINCE", "SAID LAST", "TURNED AWAY"}};
    const json::value* const list = member(trunks, "trunks");
    if (!list || !list->is_array() || list->get_array().empty()) { return "no trunk is configured\n"; }
    const json::value nobody(json::object{});
    for (const json::value& one : list->get_array()) {
        const std::string state = is_true(one, "asked") ? state_of(one) : "not asked";
        const json::value* const peers = member(one, "peers");
        json::array each = peers && peers->is_array() ? peers->get_array() : json::array{};
        if (each.empty()) { each.push_back(nobody); }
        for (const json::value& peer : each) {
            const std::string since = field(peer, "since");
            rows.push_back({shortened(field(one, "name")), state, field(one, "calls"), shortened(field(peer, "uri")),
                            since.empty() ? "" : state_of(peer), since, shortened(field(peer, "last")),
                            shortened(counts(member(one, "rejected")))});
        }
    }
    return render_table(rows);
}

std::string render_registrations(const json::value& registrations) {
    std::vector<Row> rows{{"USER", "CONTACT", "TRANSPORT", "REMOTE", "EXPIRES", "USER AGENT"}};
    const json::value* const list = member(registrations, "registrations");
    if (!list || !list->is_array() || list->get_array().empty()) { return "nobody is registered\n"; }
    for (const json::value& one : list->get_array()) {
        Row row;
        for (const char* const name : {"user", "contact", "transport", "remote", "expires", "user_agent"}) {
            row.push_back(shortened(field(one, name)));
        }
        rows.push_back(std::move(row));
    }
    return render_table(rows);
}

std::string render_records(const json::value& records) {
    std::vector<Row> rows{
        {"ID", "STARTED", "SECONDS", "FROM", "TO", "IN", "OUT", "OUTCOME", "CODE", "HOLD", "MUSIC", "CAUSE"}};
    const json::value* const list = member(records, "cdrs");
    if (!list || !list->is_array() || list->get_array().empty()) { return "no records\n"; }
    for (const json::value& one : list->get_array()) {
        const auto whose = [&](const std::string& leg) {
            const std::string trunk = field(one, "legs." + leg + ".trunk");
            return trunk.empty() ? field(one, "legs." + leg + ".user") : trunk;
        };
        Row row{field(one, "id"),   field(one, "started"), field(one, "duration_s"),
                field(one, "from"), field(one, "to"),      whose("a"),
                whose("b"),         field(one, "outcome"), field(one, "code")};
        for (const std::string what : {"hold_s", "music_s"}) {
            row.push_back(field(one, "legs.a." + what) + "/" + field(one, "legs.b." + what));
        }
        row.push_back(field(one, "cause"));
        std::transform(row.begin() + 1, row.end(), row.begin() + 1,
                       [](const std::string& cell) { return shortened(cell); });
        rows.push_back(std::move(row));
    }
    return render_table(rows);
}

std::string render_call(const json::value& call) {
    json::value rest = call;
    json::object* const object = rest.if_object();
    if (!object) { return render_fields(call); }
    json::value legs_of_call;
    if (json::value* const found = object->if_contains("legs")) { legs_of_call = std::move(*found); }
    object->erase("legs");
    std::string text = render_fields(rest);
    const json::object* const both = legs_of_call.if_object();
    for (const char* const name : {"a", "b"}) {
        const json::value* const leg = both ? both->if_contains(name) : nullptr;
        if (leg && leg->is_object()) { text += "\nleg " + std::string{name} + '\n' + render_fields(*leg); }
    }
    return text;
}

std::string render_fields(const json::value& value) {
    std::vector<Row> rows;
    flatten(value, "", rows);
    return render_table(rows);
}

std::string render_problem(unsigned status, std::string_view body) {
    std::string text = "the server answered " + std::to_string(status);
    boost::system::error_code error;
    const json::value problem = json::parse({body.data(), body.size()}, error);
    if (error) { return text + '\n'; }
    for (const char* const key : {"title", "detail"}) {
        if (const std::string what = field(problem, key); !what.empty()) { text += ": " + what; }
    }
    text += '\n';
    const json::value* const errors = member(problem, "errors");
    if (!errors || !errors->is_array()) { return text; }
    for (const json::value& one : errors->get_array()) { text += scalar(one) + '\n'; }
    return text;
}

}  // namespace server::cli
