#include "sip/sdp/parser.hpp"

#include <limits>

#include "base/text.hpp"

namespace sip::sdp {
namespace {

using Failure = std::optional<Refusal>;

// RFC 3261 §20.43.
constexpr int warn_network_protocol = 300;
constexpr int warn_address_format = 301;
constexpr int warn_not_understood = 307;

constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

constexpr std::string_view trim_left(std::string_view text) {
    while (!text.empty() && base::is_blank(text.front())) { text.remove_prefix(1); }
    return text;
}
constexpr std::string_view trim_right(std::string_view text) {
    while (!text.empty() && base::is_blank(text.back())) { text.remove_suffix(1); }
    return text;
}

// The next field between blanks, taken off the front of `rest`; empty when there is none left.
std::string_view take_first(std::string_view& rest) {
    rest = trim_left(rest);
    std::size_t size = 0;
    while (size < rest.size() && !base::is_blank(rest[size])) { ++size; }
    const auto field = rest.substr(0, size);
    rest.remove_prefix(size);
    return field;
}

std::string_view take_last(std::string_view& rest) {
    rest = trim_right(rest);
    std::size_t start = rest.size();
    while (start > 0 && !base::is_blank(rest[start - 1])) { --start; }
    const auto field = rest.substr(start);
    rest = rest.substr(0, start);
    return field;
}

// The grammar has no largest number in o= (RFC 8866 §9), and nothing but equality is ever asked of a peer's: digits
// beyond 64 bits are legal and become the largest value.
std::optional<std::uint64_t> parse_origin_number(std::string_view digits) {
    if (digits.empty()) { return std::nullopt; }
    for (const char c : digits) {
        if (!base::is_digit(c)) { return std::nullopt; }
    }
    return base::parse_number<std::uint64_t>(digits).value_or(std::numeric_limits<std::uint64_t>::max());
}

class Parser {
public:
    explicit Parser(const Limits& limits) : limits_{limits} {}

    Result<Session> run(std::string_view text) {
        if (text.size() > limits_.text) {
            return limit("the description is longer than " + std::to_string(limits_.text) + " bytes");
        }
        while (!text.empty()) {
            const auto end = text.find('\n');
            const auto line = text.substr(0, end);
            text.remove_prefix(end == text.npos ? text.size() : end + 1);
            ++number_;
            if (auto failure = on_raw_line(line)) { return std::move(*failure); }
        }
        if (auto failure = on_end()) { return std::move(*failure); }
        return std::move(session_);
    }

private:
    Failure on_raw_line(std::string_view line) {
        if (number_ > limits_.lines) { return limit("more than " + std::to_string(limits_.lines) + " lines"); }
        while (!line.empty() && line.back() == '\r') { line.remove_suffix(1); }
        if (line.size() > limits_.line) { return limit("longer than " + std::to_string(limits_.line) + " bytes"); }
        if (line.empty()) { return std::nullopt; }
        // RFC 8866 §9, byte-string: what another parser could take for the end of a line is never passed on.
        if (line.find('\0') != line.npos) { return fail("NUL within the line"); }
        if (line.find('\r') != line.npos) { return fail("CR within the line"); }
        if (line.size() < 2 || line[1] != '=' || !is_letter(line[0])) { return fail("not of the form x=value"); }
        return on_line(line[0], line.substr(2));
    }

    Failure on_line(char type, std::string_view value) {
        if (!has_version_ && type != 'v') { return fail("v=0 must come first"); }
        switch (type) {
            case 'v':
                return on_version(value);
            case 'o':
                return on_origin(value);
            case 's':
                return on_name(value);
            case 'c':
                return on_connection(value);
            case 'a':
                return on_attribute(value);
            case 'm':
                return on_media(value);
            default:
                others().push_back({type, std::string{value}});
                return std::nullopt;
        }
    }

    Failure on_version(std::string_view value) {
        if (has_version_) { return fail("a second v="); }
        if (base::trim(value) != "0") { return fail("v= is not 0"); }
        has_version_ = true;
        return std::nullopt;
    }

    // Read from the right: some phones put a display name with blanks where the user name belongs.
    Failure on_origin(std::string_view value) {
        if (has_origin_) { return fail("a second o="); }
        if (media_) { return fail("o= after the first m="); }
        Origin& origin = session_.origin;
        origin.address = take_last(value);
        const auto family = take_last(value);
        const auto network = take_last(value);
        const auto version = take_last(value);
        const auto session_id = take_last(value);
        origin.username = base::trim(value);
        if (origin.username.empty()) { return fail("o= needs six fields"); }
        if (auto failure = check_network('o', network, family)) { return failure; }
        const auto session_number = parse_origin_number(session_id);
        const auto version_number = parse_origin_number(version);
        if (!session_number) { return fail("the session id in o= is not a number"); }
        if (!version_number) { return fail("the version in o= is not a number"); }
        origin.session_id = *session_number;
        origin.version = *version_number;
        origin.is_v6 = is_v6(family);
        has_origin_ = true;
        return std::nullopt;
    }

    Failure on_name(std::string_view value) {
        if (has_name_) { return fail("a second s="); }
        if (media_) { return fail("s= after the first m="); }
        session_.name = value;
        has_name_ = true;
        return std::nullopt;
    }

    Failure on_connection(std::string_view value) {
        auto& connection = media_ ? media_->connection : session_.connection;
        if (connection) {  // RFC 8866 §5.7: layered multicast lists several; the first counts, the others are kept
            others().push_back({'c', std::string{value}});
            return std::nullopt;
        }
        std::string_view rest = value;
        const auto network = take_first(rest);
        const auto family = take_first(rest);
        const auto address = take_first(rest);
        if (address.empty() || !trim_left(rest).empty()) { return fail("c= needs three fields"); }
        if (auto failure = check_network('c', network, family)) { return failure; }
        connection = Connection{is_v6(family), std::string{address}};
        return std::nullopt;
    }

    Failure on_attribute(std::string_view value) {
        auto& attributes = media_ ? media_->attributes : session_.attributes;
        if (attributes.empty()) { attributes.reserve(usual_attributes); }
        const auto colon = value.find(':');
        Attribute& attribute = attributes.emplace_back();
        attribute.name = trim_right(value.substr(0, colon));
        if (colon != value.npos) { attribute.value.emplace(value.substr(colon + 1)); }
        return std::nullopt;
    }

    Failure on_media(std::string_view value) {
        if (session_.media.size() == limits_.media) {
            return limit("more than " + std::to_string(limits_.media) + " m= lines");
        }
        Media& media = session_.media.emplace_back();
        media_ = &media;
        media.kind = take_first(value);
        const auto port = take_first(value);
        media.protocol = take_first(value);
        if (media.protocol.empty()) { return fail("m= needs a kind, a port, a protocol and formats"); }
        if (auto failure = on_port(port)) { return failure; }
        return on_formats(value);
    }

    Failure on_port(std::string_view text) {
        const auto slash = text.find('/');
        const auto port = base::parse_number<std::uint16_t>(text.substr(0, slash));
        if (!port) { return fail("the port in m= is not a number from 0 to 65535"); }
        media_->port = *port;
        if (slash == text.npos) { return std::nullopt; }
        const auto count = base::parse_number<std::uint16_t>(text.substr(slash + 1));
        if (!count || *count == 0) { return fail("the number of ports in m= is not one from 1 to 65535"); }
        media_->port_count = *count;
        return std::nullopt;
    }

    Failure on_formats(std::string_view rest) {
        for (auto format = take_first(rest); !format.empty(); format = take_first(rest)) {
            if (media_->formats.size() == limits_.formats) {
                return limit("more than " + std::to_string(limits_.formats) + " formats in m=");
            }
            media_->formats.emplace_back(format);
        }
        // A rejected stream often comes with its formats cut off; nothing depends on them.
        if (media_->formats.empty() && !media_->is_disabled()) { return fail("m= names no format"); }
        return std::nullopt;
    }

    Failure on_end() {
        if (!has_version_) { return fail("the text ends before v=0"); }
        if (!has_origin_) { return fail("the text ends and there was no o="); }
        for (const Line& line : session_.others) {
            if (line.type == 't') { return std::nullopt; }
        }
        session_.others.push_back({'t', "0 0"});
        return std::nullopt;
    }

    Failure check_network(char type, std::string_view network, std::string_view family) const {
        const std::string line{type, '='};
        if (!base::iequals(network, "IN")) {
            return fail(line + " names a network that is not IN", warn_network_protocol);
        }
        if (!base::iequals(family, "IP4") && !is_v6(family)) {
            return fail(line + " names an address family that is not IP4 or IP6", warn_address_format);
        }
        return std::nullopt;
    }

    static bool is_v6(std::string_view family) { return base::iequals(family, "IP6"); }
    std::vector<Line>& others() { return media_ ? media_->others : session_.others; }

    Refusal fail(const std::string& what, int warning = warn_not_understood) const {
        return {400, warning, "line " + std::to_string(number_) + ": " + what + " (RFC 8866 §5)", "sdp_syntax"};
    }
    Refusal limit(const std::string& what) const {
        return {400, warn_not_understood, "line " + std::to_string(number_) + ": " + what + " (RFC 8866 §5)",
                "sdp_limit"};
    }

    static constexpr std::size_t usual_attributes = 8;

    const Limits& limits_;
    Session session_;
    Media* media_ = nullptr;  // the section being read; null in the session part
    std::size_t number_ = 0;  // of the line being read, from 1
    bool has_version_ = false;
    bool has_origin_ = false;
    bool has_name_ = false;
};

}  // namespace

Result<Session> parse(std::string_view text, const Limits& limits) { return Parser{limits}.run(text); }

}  // namespace sip::sdp
