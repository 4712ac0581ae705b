#include "sip/sdp/ice_attributes.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace sip::sdp {
namespace {

constexpr std::size_t shortest_ufrag = 4;
constexpr std::size_t shortest_pwd = 22;
constexpr std::size_t longest_credential = 256;
constexpr std::size_t longest_foundation = 32;
constexpr std::uint16_t last_component = 256;
constexpr std::uint32_t highest_priority = 0x7fffffff;

constexpr bool is_ice_char(char c) {
    const char low = base::to_lower(c);
    return base::is_digit(c) || (low >= 'a' && low <= 'z') || c == '+' || c == '/';
}

bool is_ice_text(std::string_view text, std::size_t shortest, std::size_t longest) {
    return text.size() >= shortest && text.size() <= longest && std::ranges::all_of(text, is_ice_char);
}

std::string_view take_word(std::string_view& rest) {
    rest = base::trim(rest);
    const auto end = rest.find(' ');
    const auto word = base::trim(rest.substr(0, end));
    rest.remove_prefix(end == rest.npos ? rest.size() : end);
    return word;
}

// The six fixed fields and "typ": RFC 8839 §5.1.
bool take_fixed(std::string_view& rest, IceCandidate& out) {
    out.foundation = take_word(rest);
    const auto component = base::parse_number<std::uint16_t>(take_word(rest));
    out.transport = base::lower(take_word(rest));
    const auto priority = base::parse_number<std::uint32_t>(take_word(rest));
    out.address = take_word(rest);
    const auto port = base::parse_number<std::uint16_t>(take_word(rest));
    const auto mark = take_word(rest);
    out.type = base::lower(take_word(rest));
    if (!is_ice_text(out.foundation, 1, longest_foundation) || !component || !priority || !port) { return false; }
    if (*component == 0 || *component > last_component || *priority == 0 || *priority > highest_priority) {
        return false;
    }
    out.component = *component;
    out.priority = *priority;
    out.port = *port;
    return base::iequals(mark, "typ") && !out.type.empty();
}

// Behind the type: pairs of a name and a value, the related address first where there is one.
bool take_pair(std::string_view name, std::string_view value, IceCandidate& out) {
    if (value.empty()) { return false; }
    if (base::iequals(name, "raddr") && !out.related_address) {
        out.related_address = value;
        return true;
    }
    if (base::iequals(name, "rport") && !out.related_port) {
        out.related_port = base::parse_number<std::uint16_t>(value);
        return out.related_port.has_value();
    }
    if (out.extensions.size() == max_candidate_extensions) { return false; }
    out.extensions.emplace_back(name, value);
    return true;
}

std::string_view text_of(const Attribute* attribute) {
    return attribute != nullptr && attribute->value ? base::trim(*attribute->value) : std::string_view{};
}

const Attribute* nearest(const Session& session, const Media& media, std::string_view name) {
    const Attribute* own = media.attribute(name);
    return own != nullptr ? own : session.attribute(name);
}

Refusal bad_credentials(std::string_view what) {
    constexpr int warn_miscellaneous = 399;
    return {488, warn_miscellaneous, std::string{what} + " (RFC 8839 §5.4)", "ice_credentials"};
}

std::vector<std::string> options_in(std::string_view text) {
    std::vector<std::string> options;
    for (auto word = take_word(text); !word.empty() && options.size() < max_ice_options; word = take_word(text)) {
        options.emplace_back(word);
    }
    return options;
}

void read_candidates(const Media& media, IceDescription& out) {
    for (const Attribute& attribute : media.attributes) {
        if (!base::iequals(attribute.name, "candidate") || out.candidates.size() == max_candidates) { continue; }
        if (auto candidate = parse_candidate(text_of(&attribute))) { out.candidates.push_back(std::move(*candidate)); }
    }
}

}  // namespace

std::optional<base::Endpoint> IceCandidate::endpoint() const {
    const auto ip = base::IpAddress::parse(address);
    return ip ? std::optional{base::Endpoint{*ip, port}} : std::nullopt;
}

std::optional<IceCandidate> parse_candidate(std::string_view value) {
    IceCandidate candidate;
    if (!take_fixed(value, candidate)) { return std::nullopt; }
    for (auto name = take_word(value); !name.empty(); name = take_word(value)) {
        if (!take_pair(name, take_word(value), candidate)) { return std::nullopt; }
    }
    return candidate;
}

Attribute to_attribute(const IceCandidate& candidate) {
    std::string value = candidate.foundation + ' ' + std::to_string(candidate.component) + ' ' + candidate.transport +
                        ' ' + std::to_string(candidate.priority) + ' ' + candidate.address + ' ' +
                        std::to_string(candidate.port) + " typ " + candidate.type;
    if (candidate.related_address) { value += " raddr " + *candidate.related_address; }
    if (candidate.related_port) { value += " rport " + std::to_string(*candidate.related_port); }
    for (const auto& [name, content] : candidate.extensions) { value += ' ' + name + ' ' + content; }
    return {"candidate", std::move(value)};
}

bool IceDescription::has_option(std::string_view option) const {
    return std::ranges::find(options, option) != options.end();
}

Result<std::optional<IceDescription>> ice_of(const Session& session, const Media& media) {
    const Attribute* ufrag = nearest(session, media, "ice-ufrag");
    const Attribute* pwd = nearest(session, media, "ice-pwd");
    if (ufrag == nullptr && pwd == nullptr) { return std::optional<IceDescription>{}; }
    IceDescription out;
    out.ufrag = text_of(ufrag);
    out.pwd = text_of(pwd);
    if (!is_ice_text(out.ufrag, shortest_ufrag, longest_credential)) {
        return bad_credentials("a=ice-ufrag must be 4 to 256 letters, digits, + and /");
    }
    if (!is_ice_text(out.pwd, shortest_pwd, longest_credential)) {
        return bad_credentials("a=ice-pwd must be 22 to 256 letters, digits, + and /");
    }
    out.is_lite = session.attribute("ice-lite") != nullptr;
    out.options = options_in(text_of(nearest(session, media, "ice-options")));
    out.is_complete = nearest(session, media, "end-of-candidates") != nullptr;
    read_candidates(media, out);
    return std::optional{std::move(out)};
}

bool is_ice_restart(const IceDescription& before, const IceDescription& now) {
    return before.ufrag != now.ufrag || before.pwd != now.pwd;
}

std::vector<Attribute> to_attributes(const IceDescription& description) {
    std::vector<Attribute> out{{"ice-ufrag", description.ufrag}, {"ice-pwd", description.pwd}};
    std::string options;
    for (const std::string& option : description.options) { options += (options.empty() ? "" : " ") + option; }
    if (!options.empty()) { out.push_back({"ice-options", std::move(options)}); }
    for (const IceCandidate& candidate : description.candidates) { out.push_back(to_attribute(candidate)); }
    if (description.is_complete) { out.push_back({"end-of-candidates", std::nullopt}); }
    return out;
}

}  // namespace sip::sdp
