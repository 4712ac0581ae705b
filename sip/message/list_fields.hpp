// Which header fields are comma lists, and cutting one (RFC 3261 §7.3.1). WWW-Authenticate and its like have commas
// that separate nothing, From and To may carry them in a sloppy display name, Call-IDs in In-Reply-To hold any mark.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "sip/message/chars.hpp"
#include "sip/message/header_id.hpp"

namespace sip {

// Elements with a grammar of their own, each written on a line of its own.
constexpr bool is_structured_list(HeaderId id) {
    switch (id) {
        case HeaderId::via:
        case HeaderId::contact:
        case HeaderId::route:
        case HeaderId::record_route:
        case HeaderId::diversion:
        case HeaderId::history_info:
        case HeaderId::p_asserted_identity:
        case HeaderId::p_preferred_identity:
        case HeaderId::reason:
        case HeaderId::warning:
        case HeaderId::alert_info:
        case HeaderId::call_info:
        case HeaderId::error_info:
            return true;
        default:
            return false;
    }
}

// Lists of tokens: neighbours are written on one line again.
constexpr bool is_token_list(HeaderId id) {
    switch (id) {
        case HeaderId::accept:
        case HeaderId::accept_encoding:
        case HeaderId::accept_language:
        case HeaderId::allow:
        case HeaderId::content_encoding:
        case HeaderId::content_language:
        case HeaderId::supported:
        case HeaderId::unsupported:
        case HeaderId::require:
        case HeaderId::proxy_require:
            return true;
        default:
            return false;
    }
}

// Cuts at commas outside of quotes and angle brackets. Elements come trimmed and may be empty.
class ListReader {
public:
    explicit ListReader(std::string_view value) : rest_{value} {}

    std::optional<std::string_view> next() {
        if (done_) { return std::nullopt; }
        const auto end = end_of_element();
        const auto element = chars::trim(rest_.substr(0, end));
        done_ = end == rest_.size();
        if (!done_) { rest_.remove_prefix(end + 1); }
        return element;
    }

private:
    std::size_t end_of_element() const {
        bool in_brackets = false;
        for (std::size_t at = 0; at < rest_.size(); ++at) {
            const char c = rest_[at];
            if (c == '"' && !in_brackets) {
                const auto quote_end = chars::end_of_quoted(rest_, at);
                if (quote_end == rest_.npos) { return rest_.size(); }
                at = quote_end - 1;
            } else if (c == '<') {
                in_brackets = true;
            } else if (c == '>') {
                in_brackets = false;
            } else if (c == ',' && !in_brackets) {
                return at;
            }
        }
        return rest_.size();
    }

    std::string_view rest_;
    bool done_ = false;
};

}  // namespace sip
