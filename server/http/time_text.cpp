#include "server/http/time_text.hpp"

#include <chrono>

#include "base/text.hpp"

namespace server::http {
namespace {

// Cuts what it reads off the front.
class Reader {
public:
    explicit Reader(std::string_view text) : rest_{text} {}
    bool done() const { return rest_.empty(); }
    bool skip(char c) {
        if (rest_.empty() || rest_.front() != c) { return false; }
        rest_.remove_prefix(1);
        return true;
    }
    // So many digits, of a number up to `most`.
    std::optional<int> number(std::size_t digits, int most) {
        const auto value = rest_.size() < digits ? std::nullopt : base::parse_number<int>(rest_.substr(0, digits));
        if (!value || *value < 0 || *value > most || !base::is_digit(rest_.front())) { return std::nullopt; }
        rest_.remove_prefix(digits);
        return value;
    }
    // Of a second; digits behind the third say too little to count.
    int milliseconds() {
        int value = 0;
        int weight = 100;
        for (; !rest_.empty() && base::is_digit(rest_.front()); rest_.remove_prefix(1)) {
            value += weight * (rest_.front() - '0');
            weight /= 10;
        }
        return value;
    }

private:
    std::string_view rest_;
};

std::optional<std::chrono::milliseconds> read_clock(Reader& reader) {
    const auto hours = reader.number(2, 23);
    const auto minutes = hours && reader.skip(':') ? reader.number(2, 59) : std::nullopt;
    if (!minutes) { return std::nullopt; }
    std::chrono::milliseconds time = std::chrono::hours{*hours} + std::chrono::minutes{*minutes};
    if (!reader.skip(':')) { return time; }
    const auto seconds = reader.number(2, 60);
    if (!seconds) { return std::nullopt; }
    time += std::chrono::seconds{*seconds};
    if (reader.skip('.')) { time += std::chrono::milliseconds{reader.milliseconds()}; }
    return time;
}

// How far it is ahead of UTC.
std::optional<std::chrono::milliseconds> read_zone(Reader& reader) {
    if (reader.done() || reader.skip('Z') || reader.skip('z')) { return std::chrono::milliseconds{}; }
    const bool east = reader.skip('+') || reader.skip(' ');  // a plus that a browser wrote into a query
    if (!east && !reader.skip('-')) { return std::nullopt; }
    const auto ahead = read_clock(reader);
    return ahead ? std::optional{east ? *ahead : -*ahead} : std::nullopt;
}

}  // namespace

std::optional<std::int64_t> parse_time(std::string_view text) {
    Reader reader{text};
    const auto year = reader.number(4, 9999);
    const auto month = year && reader.skip('-') ? reader.number(2, 12) : std::nullopt;
    const auto day = month && reader.skip('-') ? reader.number(2, 31) : std::nullopt;
    if (!day) { return std::nullopt; }
    const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok()) { return std::nullopt; }
    std::chrono::milliseconds at = std::chrono::sys_days{date}.time_since_epoch();
    if (reader.skip('T') || reader.skip('t')) {
        const auto clock = read_clock(reader);
        if (!clock) { return std::nullopt; }
        at += *clock;
    }
    const auto ahead = read_zone(reader);
    if (!ahead || !reader.done()) { return std::nullopt; }
    return (at - *ahead).count();
}

}  // namespace server::http
