#include "server/b2bua/setup_outcome.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "server/b2bua/request_checks.hpp"

namespace server {

unsigned forwards_left(const sip::Message& request) {
    constexpr unsigned usual = 70;
    const auto value = request.first(sip::HeaderId::max_forwards);
    const auto number = value ? base::parse_number<unsigned>(*value) : std::nullopt;
    return number ? std::min(*number, usual + 1) - (*number > 0 ? 1 : 0) : usual;
}

void pass_refusal(const sip::Message& from, sip::Message& to, const HeaderPolicy& policy) {
    pass_dialog_headers(from, to, policy);
    if (const auto after = from.first(sip::HeaderId::retry_after)) { to.add(sip::HeaderId::retry_after, *after); }
    if (const auto warning = from.first(sip::HeaderId::warning)) { pass_warning(*warning, to); }
}

}  // namespace server
