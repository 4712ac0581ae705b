#include "tests/simulation/world/glance.hpp"

#include "base/text.hpp"

namespace simulation {
namespace {

std::string_view line_at(std::string_view text, std::size_t at) {
    const auto line = text.substr(at, text.find('\n', at) - at);
    return line.substr(0, line.find('\r'));
}

std::string_view parameter(std::string_view value, std::string_view start) {
    const auto at = value.find(start);
    if (at == value.npos) { return {}; }
    const auto rest = value.substr(at + start.size());
    return rest.substr(0, rest.find_first_of(";,> \t"));
}

std::string directions(std::string_view sdp) {
    std::string text;
    for (const std::string_view name : {"sendrecv", "sendonly", "recvonly", "inactive"}) {
        if (sdp.find("a=" + std::string{name}) != sdp.npos) { text += " " + std::string{name}; }
    }
    if (sdp.find("c=IN IP4 0.0.0.0") != sdp.npos) { text += " 0.0.0.0"; }
    if (sdp.find("m=audio 0 ") != sdp.npos) { text += " port 0"; }
    const auto origin = sdp_line(sdp, "o=");
    const auto version_at = origin.find(' ', origin.find(' ') + 1);
    if (version_at != origin.npos) { text += " o=" + std::string{parameter(origin.substr(version_at), " ")}; }
    return text;
}

// Is there a line between the first and the body that is what `is_it` looks for?
template <class Which>
bool any_line(std::string_view message, Which&& is_it) {
    std::size_t at = message.find('\n');
    while (at != message.npos && at + 1 < message.size()) {
        const auto end = message.find('\n', at + 1);
        auto line = message.substr(at + 1, end == message.npos ? end : end - at - 1);
        if (line.ends_with('\r')) { line.remove_suffix(1); }
        if (line.empty()) { return false; }
        if (is_it(line)) { return true; }
        at = end;
    }
    return false;
}

// Is there a field `name` whose value is what `is_it` looks for?
template <class Which>
bool any_field(std::string_view message, std::string_view name, Which&& is_it) {
    return any_line(message, [&](std::string_view line) {
        return line.size() > name.size() && line[name.size()] == ':' &&
               base::iequals(line.substr(0, name.size()), name) && is_it(base::trim(line.substr(name.size() + 1)));
    });
}

}  // namespace

std::string_view header_value(std::string_view message, std::string_view name) {
    std::string_view found;
    any_field(message, name, [&](std::string_view value) {
        found = value;
        return true;
    });
    return found;
}

bool lists_option(std::string_view message, std::string_view name, std::string_view option) {
    return any_field(message, name, [&](std::string_view value) {
        while (!value.empty()) {
            const auto comma = value.find(',');
            if (base::iequals(base::trim(value.substr(0, comma)), option)) { return true; }
            value = comma == value.npos ? std::string_view{} : value.substr(comma + 1);
        }
        return false;
    });
}

std::uint32_t number_at(std::string_view value, int index) {
    for (; index > 0; --index) {
        const auto blank = value.find(' ');
        value = blank == value.npos ? std::string_view{} : value.substr(blank + 1);
    }
    return base::parse_number<std::uint32_t>(value.substr(0, value.find(' '))).value_or(0);
}

std::string_view body_of(std::string_view message) {
    const auto at = message.find("\r\n\r\n");
    return at == message.npos ? std::string_view{} : message.substr(at + 4);
}

std::string_view sdp_line(std::string_view sdp, std::string_view start) {
    std::size_t at = 0;
    while (at < sdp.size()) {
        const auto line = line_at(sdp, at);
        if (line.starts_with(start)) { return line.substr(start.size()); }
        const auto next = sdp.find('\n', at);
        if (next == sdp.npos) { break; }
        at = next + 1;
    }
    return {};
}

Glance glance(std::string_view message) {
    Glance seen;
    const auto start = line_at(message, 0);
    // Fields in one go, each by its first occurrence.
    std::string_view cseq, call_id, via, from, to;
    any_line(message, [&](std::string_view line) {
        const auto colon = line.find(':');
        if (colon == line.npos) { return false; }
        const auto name = line.substr(0, colon);
        const auto is = [name](std::string_view known) { return base::iequals(name, known); };
        std::string_view* const field = is("Via")       ? &via
                                        : is("From")    ? &from
                                        : is("To")      ? &to
                                        : is("Call-ID") ? &call_id
                                        : is("CSeq")    ? &cseq
                                                        : nullptr;
        if (field != nullptr && field->empty()) { *field = base::trim(line.substr(colon + 1)); }
        return false;
    });
    const auto blank = cseq.find(' ');
    seen.cseq = base::parse_number<std::uint32_t>(cseq.substr(0, blank)).value_or(0);
    seen.is_request = !start.starts_with("SIP/2.0 ");
    if (seen.is_request) {
        seen.method = start.substr(0, start.find(' '));
    } else {
        seen.status = base::parse_number<int>(start.substr(8, 3)).value_or(0);
        seen.method = blank == cseq.npos ? std::string_view{} : base::trim(cseq.substr(blank));
    }
    seen.call_id = call_id;
    seen.branch = parameter(via, "branch=");
    seen.from_tag = parameter(from, ";tag=");
    seen.to_tag = parameter(to, ";tag=");
    seen.has_sdp = body_of(message).starts_with("v=");
    return seen;
}

std::string summary(std::string_view message) {
    const Glance seen = glance(message);
    std::string text = seen.is_request ? seen.method : std::to_string(seen.status) + " " + seen.method;
    text += " " + std::to_string(seen.cseq);
    if (seen.has_sdp) { text += " sdp" + directions(body_of(message)); }
    return text;
}

}  // namespace simulation
