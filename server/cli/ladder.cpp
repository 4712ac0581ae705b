#include "server/cli/ladder.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "server/cli/render.hpp"

namespace server::cli {

namespace {

namespace json = boost::json;

constexpr std::size_t lane = 10;  // characters between two lines
constexpr std::size_t max_column = 28;
constexpr std::size_t time_width = 14;  // "2026-01-02 UTC"

std::string repeated(std::string_view what, std::size_t times) {
    std::string text;
    for (; times > 0; --times) { text += what; }
    return text;
}

std::string padded(std::string text, std::size_t columns) {
    const std::size_t taken = width(text);
    return text.append(columns > taken ? columns - taken : 0, ' ');
}

std::string rung(std::string_view a, std::string_view left, std::string_view s, std::string_view right,
                 std::string_view b) {
    return std::string{a}.append(left).append(s).append(right).append(b);
}

// Of neither leg: a music server, or the target of a transfer.
bool is_beside(const std::string& side) { return side.starts_with("music") || side.starts_with("target"); }

std::string arrow(const std::string& side, const std::string& direction) {
    const std::string gap(lane, ' ');
    const std::string to_right = repeated("─", lane - 1) + "►";
    const std::string to_left = "◄" + repeated("─", lane - 1);
    if (is_beside(side)) { return rung("│", gap, direction == "in" ? "◁" : "▷", gap, "│"); }
    if (side == "a") { return rung("│", direction == "in" ? to_right : to_left, "│", gap, "│"); }
    return rung("│", gap, "│", direction == "in" ? to_left : to_right, "│");
}

std::string mark(const std::string& kind, const std::string& side) {
    const std::string gap(lane, ' ');
    if (kind == "media") { return rung(side == "a" ? "♪" : "│", gap, "│", gap, side == "b" ? "♪" : "│"); }
    return rung("│", gap, "●", gap, "│");
}

// The method goes without saying where it stands beside its number already.
std::string number_of(const json::value& entry) {
    const std::string cseq = field(entry, "cseq");
    const auto blank = cseq.find(' ');
    return blank != cseq.npos && cseq.substr(blank + 1) == field(entry, "text") ? cseq.substr(0, blank) : cseq;
}

struct Columns {
    std::size_t text = 0;
    std::size_t cseq = 0;
};

Columns columns_of(const json::array& entries) {
    Columns columns;
    for (const json::value& entry : entries) {
        if (field(entry, "kind") != "message") { continue; }
        columns.text = std::max(columns.text, std::min(max_column, width(field(entry, "text"))));
        columns.cseq = std::max(columns.cseq, std::min(max_column, width(number_of(entry))));
    }
    return columns;
}

std::string words_of(const json::value& entry, const Columns& columns) {
    if (field(entry, "kind") != "message") { return field(entry, "text"); }
    std::string words;
    if (const std::string side = field(entry, "side"); is_beside(side)) {
        words = field(entry, "direction") == "in" ? "from the " : "to the ";
        words += side.starts_with("music") ? "music server: " : "target: ";
    }
    words += padded(field(entry, "text"), columns.text) + "  ";
    words += padded(number_of(entry), columns.cseq) + "  " + field(entry, "sdp");
    const std::string why = field(entry, "why");
    if (!why.empty()) { words += (field(entry, "sdp").empty() ? "(" : " (") + why + ')'; }
    return words.erase(words.find_last_not_of(' ') + 1);
}

// "2026-01-02T03:04:05.678Z": its day, its time.
std::string day_of(const std::string& time) { return time.substr(0, std::min<std::size_t>(10, time.size())); }
std::string clock_of(const std::string& time) { return time.size() < 23 ? "" : time.substr(11, 12); }

std::string line(const std::string& time, const std::string& rung, const std::string& words) {
    return padded(time, time_width) + "  " + rung + "  " + words + '\n';
}

std::string head(const std::string& day) {
    const std::string gap(lane, ' ');
    std::string text = line(day + " UTC", rung("A", gap, "S", gap, "B"), "");
    return text.erase(text.find_last_not_of(" \n") + 1) + '\n';
}

// Where the numbers of two entries do not follow each other.
std::string gap_before(const json::value& entry, std::int64_t& number) {
    const json::object* const object = entry.if_object();
    const json::value* const found = object ? object->if_contains("number") : nullptr;
    const std::int64_t current = found && found->is_int64() ? std::max<std::int64_t>(found->get_int64(), 0) : 0;
    const std::int64_t missing = current - number - 1;
    number = current;
    if (missing <= 0) { return {}; }
    const std::string gap(lane, ' ');
    return line("", rung("⋮", gap, "⋮", gap, "⋮"), std::to_string(missing) + " entries are left out here");
}

}  // namespace

std::string render_ladder(const json::value& ladder) {
    const json::object* const object = ladder.if_object();
    const json::value* const found = object ? object->if_contains("entries") : nullptr;
    if (!found || !found->is_array()) { return {}; }
    const json::array& entries = found->get_array();
    const Columns columns = columns_of(entries);
    std::string text;
    std::string day;
    std::int64_t number = 0;
    for (const json::value& entry : entries) {
        const std::string time = field(entry, "time");
        if (day_of(time) != day || text.empty()) { text += head(day = day_of(time)); }
        text += gap_before(entry, number);
        const std::string kind = field(entry, "kind");
        const std::string side = field(entry, "side");
        const std::string drawn = kind == "message" ? arrow(side, field(entry, "direction")) : mark(kind, side);
        text += line(clock_of(time), drawn, words_of(entry, columns));
    }
    return text;
}

}  // namespace server::cli
