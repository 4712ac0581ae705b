// The parameter list of a challenge or of credentials: auth-param of RFC 3261 §25.1.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/container/static_vector.hpp>

namespace sip {

// Views into the parsed value: valid as long as that is.
class AuthParameters {
public:
    static constexpr std::size_t limit = 24;  // Digest knows 13

    // Of "Digest a=b, c=\"d\"". Nullopt: another scheme, a broken list, a name given twice, or more than `limit`.
    static std::optional<AuthParameters> parse_digest(std::string_view value);

    // Without its quotes, escapes kept; names in any case.
    std::optional<std::string_view> find(std::string_view name) const;
    std::string text(std::string_view name) const { return std::string{find(name).value_or(std::string_view{})}; }

private:
    bool take_one(std::string_view& rest);

    boost::container::static_vector<std::pair<std::string_view, std::string_view>, limit> list_;
};

}  // namespace sip
