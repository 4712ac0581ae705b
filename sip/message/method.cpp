#include "sip/message/method.hpp"

#include <algorithm>
#include <array>

namespace sip {
namespace {

constexpr std::array<std::string_view, 14> names = {"INVITE",   "ACK",       "BYE",     "CANCEL", "OPTIONS",
                                                    "REGISTER", "INFO",      "MESSAGE", "PRACK",  "UPDATE",
                                                    "REFER",    "SUBSCRIBE", "NOTIFY",  "PUBLISH"};
static_assert(names.size() == static_cast<std::size_t>(Method::other));

}  // namespace

Method parse_method(std::string_view text) {
    return static_cast<Method>(std::find(names.begin(), names.end(), text) - names.begin());
}

std::string_view to_text(Method method) {
    return method < Method::other ? names[static_cast<std::size_t>(method)] : std::string_view{};
}

}  // namespace sip
