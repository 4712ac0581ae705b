#include "sip/sdp/session.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace sip::sdp {
namespace {

constexpr std::array all_directions{Direction::sendrecv, Direction::sendonly, Direction::recvonly, Direction::inactive};

const Attribute* find(const std::vector<Attribute>& attributes, std::string_view name) {
    for (const Attribute& attribute : attributes) {
        if (base::iequals(attribute.name, name)) { return &attribute; }
    }
    return nullptr;
}

std::optional<Direction> direction_named(const Attribute& attribute) {
    for (const Direction direction : all_directions) {
        if (base::iequals(attribute.name, to_text(direction))) { return direction; }
    }
    return std::nullopt;
}

// The first one counts where a description contradicts itself.
std::optional<Direction> direction_among(const std::vector<Attribute>& attributes) {
    for (const Attribute& attribute : attributes) {
        if (const auto direction = direction_named(attribute)) { return direction; }
    }
    return std::nullopt;
}

// A trickling ICE agent that has gathered nothing yet writes 0.0.0.0 and port 9 (RFC 8840): not a hold.
bool waits_for_candidates(const Session& session, const Media& media) {
    constexpr std::uint16_t discard = 9;
    return media.port == discard &&
           (media.attribute("ice-ufrag") != nullptr || session.attribute("ice-ufrag") != nullptr);
}

bool cannot_receive(const Session& session, const Media& media) {
    const Connection* connection = connection_of(session, media);
    if (connection == nullptr) { return false; }
    const auto address = connection->ip();
    return address && address->unmapped().is_unspecified() && !waits_for_candidates(session, media);
}

}  // namespace

std::optional<base::IpAddress> Connection::ip() const {
    const std::string_view text{address};
    return base::IpAddress::parse(text.substr(0, text.find('/')));
}

Connection Connection::of(const base::IpAddress& address) { return {address.is_v6(), address.to_string()}; }

const Attribute* Media::attribute(std::string_view name) const { return find(attributes, name); }
const Attribute* Session::attribute(std::string_view wanted) const { return find(attributes, wanted); }

const Connection* connection_of(const Session& session, const Media& media) {
    if (media.connection) { return &*media.connection; }
    return session.connection ? &*session.connection : nullptr;
}

Direction direction_of(const Session& session, const Media& media) {
    auto written = direction_among(media.attributes);
    if (!written) { written = direction_among(session.attributes); }
    const Direction direction = written.value_or(Direction::sendrecv);
    return cannot_receive(session, media) ? intersect(direction, Direction::sendonly) : direction;
}

void set_direction(Media& media, Direction direction) {
    const auto is_direction = [](const Attribute& attribute) { return direction_named(attribute).has_value(); };
    auto& attributes = media.attributes;
    const Attribute wanted{std::string{to_text(direction)}, std::nullopt};
    const auto first = std::find_if(attributes.begin(), attributes.end(), is_direction);
    if (first == attributes.end()) {
        attributes.push_back(wanted);
        return;
    }
    *first = wanted;
    attributes.erase(std::remove_if(first + 1, attributes.end(), is_direction), attributes.end());
}

}  // namespace sip::sdp
