// Replaces: RFC 3891 §6.1. The dialog that a new INVITE takes the place of, named as the one who receives the field
// knows it. Leaves out: finding that dialog and what becomes of it (§3).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sip {

struct Replaces {
    std::string call_id;
    std::string to_tag;    // the local tag of whoever receives the field
    std::string from_tag;  // the remote one
    bool early_only = false;

    // Exactly one to-tag and one from-tag; other parameters are passed over.
    static std::optional<Replaces> parse(std::string_view value);
    std::string to_string() const;

    bool operator==(const Replaces&) const = default;
};

}  // namespace sip
