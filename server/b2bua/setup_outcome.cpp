#include "server/b2bua/setup_outcome.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace server {

unsigned forwards_left(const sip::Message& request) {
    constexpr unsigned usual = 70;
    const auto value = request.first(sip::HeaderId::max_forwards);
    const auto number = value ? base::parse_number<unsigned>(*value) : std::nullopt;
    return number ? std::min(*number, usual + 1) - (*number > 0 ? 1 : 0) : usual;
}

}  // namespace server
