#include "server/records/record_columns.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.hpp"

namespace server::records {
namespace {

constexpr std::array calls{"id",       "started",        "answered", "ended",     "setup_ms", "duration_ms",
                           "from_uri", "to_uri",         "route",    "outcome",   "code",     "cause",
                           "ended_by", "renegotiations", "healed",   "originated"};
constexpr std::array legs{"call",       "leg",         "call_id", "trunk",     "username", "transport",
                          "remote",     "uri",         "codecs",  "srtp",      "hold_ms",  "music_ms",
                          "packets_in", "packets_out", "lost",    "jitter_ms", "rtt_ms",   "mos"};

SqlValue text(std::int64_t number) { return std::to_string(number); }
SqlValue text(const std::optional<std::int64_t>& number) { return number ? text(*number) : std::nullopt; }
SqlValue text(const std::optional<double>& number) {
    if (!number) { return std::nullopt; }
    std::array<char, 32> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), *number).ptr;
    return std::string{buffer.data(), end};
}
SqlValue text(const std::string& peers) { return stored_text(peers); }

std::string joined(const std::vector<std::string>& codecs) {
    std::string all;
    for (const std::string& codec : codecs) { all += (all.empty() ? "" : ",") + codec; }
    return all;
}

std::vector<std::string> split(const std::string& codecs) {
    std::vector<std::string> all;
    for (std::size_t begin = 0; begin < codecs.size();) {
        const std::size_t end = std::min(codecs.find(',', begin), codecs.size());
        all.push_back(codecs.substr(begin, end - begin));
        begin = end + 1;
    }
    return all;
}

// The values of a row, one after the other.
class Reader {
public:
    explicit Reader(const SqlRow& row) : row_{row} {}
    const SqlValue& next() {
        if (at_ == row_.size()) { throw SqlError{"a record with too few columns"}; }
        return row_[at_++];
    }
    std::string text() { return next().value_or(""); }
    std::optional<std::int64_t> maybe_integer() { return parsed<std::int64_t>(next()); }
    std::int64_t integer() { return maybe_integer().value_or(0); }
    std::optional<double> real() { return parsed<double>(next()); }
    bool ends_with_nulls() const {
        return std::all_of(row_.begin() + static_cast<std::ptrdiff_t>(at_), row_.end(),
                           [](const SqlValue& value) { return !value; });
    }

private:
    template <class Number>
    static std::optional<Number> parsed(const SqlValue& value) {
        if (!value) { return std::nullopt; }
        Number number{};
        const char* const end = value->data() + value->size();
        const auto [stop, error] = std::from_chars(value->data(), end, number);
        if (error != std::errc{} || stop != end) { throw SqlError{"no number in a record: " + *value}; }
        return number;
    }
    const SqlRow& row_;
    std::size_t at_ = 0;
};

LegRecord read_leg(Reader& row) {
    LegRecord leg;
    row.next();  // call
    row.next();  // leg
    leg.call_id = row.text();
    leg.trunk = row.text();
    leg.user = row.text();
    leg.transport = row.text();
    leg.remote = row.text();
    leg.uri = row.text();
    leg.codecs = split(row.text());
    leg.srtp = row.text();
    leg.hold_ms = row.integer();
    leg.music_ms = row.integer();
    leg.packets_in = row.integer();
    leg.packets_out = row.integer();
    leg.lost = row.integer();
    leg.jitter_ms = row.real();
    leg.rtt_ms = row.real();
    leg.mos = row.real();
    return leg;
}

}  // namespace

const std::span<const char* const> call_columns{calls};
const std::span<const char* const> leg_columns{legs};

std::string stored_text(const std::string& peers) {
    std::string clean = base::to_utf8(peers);
    std::erase(clean, '\0');
    return clean;
}

std::string stored_call_id(const std::string& call_id) {
    constexpr std::size_t most = 512;
    const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xc0u) == 0x80u; };  // RFC 3629 §3
    std::string clean = stored_text(call_id);
    if (clean.size() <= most) { return clean; }
    std::size_t end = most;
    while (continues(clean[end])) { --end; }
    clean.resize(end);
    return clean;
}

SqlRow call_row(const Record& record) {
    return {record.id,
            text(record.started),
            text(record.answered),
            text(record.ended),
            text(record.setup_ms),
            text(record.duration_ms),
            text(record.from),
            text(record.to),
            text(record.route),
            text(record.outcome),
            text(std::int64_t{record.code}),
            text(record.cause),
            text(record.ended_by),
            text(record.renegotiations),
            text(record.healed),
            text(std::int64_t{record.originated ? 1 : 0})};
}

SqlRow leg_row(const Record& record, char side, const LegRecord& leg) {
    return {record.id,
            std::string{side},
            stored_call_id(leg.call_id),
            text(leg.trunk),
            text(leg.user),
            text(leg.transport),
            text(leg.remote),
            text(leg.uri),
            text(joined(leg.codecs)),
            text(leg.srtp),
            text(leg.hold_ms),
            text(leg.music_ms),
            text(leg.packets_in),
            text(leg.packets_out),
            text(leg.lost),
            text(leg.jitter_ms),
            text(leg.rtt_ms),
            text(leg.mos)};
}

Record read_record(const SqlRow& columns) {
    Reader row{columns};
    Record record;
    record.id = row.text();
    record.started = row.integer();
    record.answered = row.maybe_integer();
    record.ended = row.integer();
    record.setup_ms = row.integer();
    record.duration_ms = row.integer();
    record.from = row.text();
    record.to = row.text();
    record.route = row.text();
    record.outcome = row.text();
    record.code = static_cast<int>(row.integer());
    record.cause = row.text();
    record.ended_by = row.text();
    record.renegotiations = row.integer();
    record.healed = row.integer();
    record.originated = row.integer() != 0;
    record.a = read_leg(row);
    if (!row.ends_with_nulls()) { record.b = read_leg(row); }
    return record;
}

}  // namespace server::records
