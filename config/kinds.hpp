// What a key takes: how its value is read, checked and shown. Each factory ties one kind to one member of the
// configuration.
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <type_traits>
#include <vector>

#include "config/config.hpp"
#include "config/report.hpp"
#include "config/values.hpp"

namespace config {

// Where a value goes: the whole configuration, and the item of it that is being read.
struct Scope {
    Config* config = nullptr;
    Trunk* trunk = nullptr;
    User* user = nullptr;
    Route* route = nullptr;
    TrunkPeer* peer = nullptr;
    NumberRule* rule = nullptr;
    LegSettings* leg = nullptr;  // of the trunk or the user
};

struct Kind {
    std::string type;                                                   // for people
    std::string unit;                                                   // empty: none
    bool compound = false;                                              // takes a list or mapping
    std::function<std::string(const Scope&)> show;                      // the present value, as YAML
    std::function<void(const Scope&, const Node&, const Place&)> read;  // or an error at the place
};

template <class Root>
Root& root_of(const Scope& scope) {
    if constexpr (std::is_same_v<Root, Config>) { return *scope.config; }
    if constexpr (std::is_same_v<Root, Trunk>) { return *scope.trunk; }
    if constexpr (std::is_same_v<Root, User>) { return *scope.user; }
    if constexpr (std::is_same_v<Root, Route>) { return *scope.route; }
    if constexpr (std::is_same_v<Root, TrunkPeer>) { return *scope.peer; }
    if constexpr (std::is_same_v<Root, NumberRule>) { return *scope.rule; }
    if constexpr (std::is_same_v<Root, LegSettings>) { return *scope.leg; }
}

// at(&Config::sip, &Sip::timers, &SipTimers::t1): a function from the scope to that member.
template <class Root, class Member, class... Rest>
auto at(Member Root::*first, Rest... rest) {
    return [=](const Scope& scope) -> auto& { return ((root_of<Root>(scope).*first).*....*rest); };
}

// A condition on text, and its name in "expected …".
struct Check {
    bool (*good)(const std::string&) = nullptr;
    std::string expected = "text";
};

// Each reads one value or reports at `place` what is wrong with it.
std::optional<std::string> read_text(const Node& node, const Place& place, const Check& check, bool secret = false);
std::optional<std::vector<std::string>> read_texts(const Node& node, const Place& place, const Check& check);
std::optional<base::Duration> read_duration(const Node& node, const Place& place, base::Duration min,
                                            base::Duration max);
std::optional<std::size_t> read_size(const Node& node, const Place& place, std::size_t min, std::size_t max);
std::optional<std::size_t> read_count(const Node& node, const Place& place, std::size_t min, std::size_t max);
std::optional<bool> read_flag(const Node& node, const Place& place);
std::optional<std::size_t> read_choice(const Node& node, const Place& place, const std::vector<std::string>& names);

std::string show_text(const std::string& text);
std::string show_texts(const std::vector<std::string>& texts);
std::string joined(const std::vector<std::string>& names, std::string_view separator);

template <class At>
Kind text(At member, Check check) {
    return {check.expected, "", false, [=](const Scope& scope) { return show_text(member(scope)); },
            [=](const Scope& scope, const Node& node, const Place& place) {
                if (auto value = read_text(node, place, check)) { member(scope) = std::move(*value); }
            }};
}

template <class At>
Kind secret(At member, Check check = {}) {
    return {"secret text", "", false, [=](const Scope& scope) { return show_text(member(scope)); },
            [=](const Scope& scope, const Node& node, const Place& place) {
                if (auto value = read_text(node, place, check, true)) { member(scope) = std::move(*value); }
            }};
}

template <class At>
Kind texts(At member, std::string type, Check each) {
    return {std::move(type), "", true, [=](const Scope& scope) { return show_texts(member(scope)); },
            [=](const Scope& scope, const Node& node, const Place& place) {
                if (auto value = read_texts(node, place, each)) { member(scope) = std::move(*value); }
            }};
}

template <class At>
Kind duration(At member, base::Duration min, base::Duration max) {
    return {"duration from " + format_duration(min) + " to " + format_duration(max), "ms s m h", false,
            [=](const Scope& scope) { return format_duration(member(scope)); },
            [=](const Scope& scope, const Node& node, const Place& place) {
                if (const auto value = read_duration(node, place, min, max)) { member(scope) = *value; }
            }};
}

template <class At>
Kind size(At member, std::size_t min, std::size_t max) {
    return {"size from " + format_size(min) + " to " + format_size(max), "B KiB MiB GiB", false,
            [=](const Scope& scope) { return format_size(member(scope)); },
            [=](const Scope& scope, const Node& node, const Place& place) {
                if (const auto value = read_size(node, place, min, max)) { member(scope) = *value; }
            }};
}

template <class At>
Kind count(At member, std::size_t min, std::size_t max, std::string unit) {
    return {"number from " + std::to_string(min) + " to " + std::to_string(max), std::move(unit), false,
            [=](const Scope& scope) { return std::to_string(member(scope)); },
            [=](const Scope& scope, const Node& node, const Place& place) {
                using Number = std::remove_reference_t<decltype(member(scope))>;
                if (const auto value = read_count(node, place, min, max)) {
                    member(scope) = static_cast<Number>(*value);
                }
            }};
}

template <class At>
Kind flag(At member) {
    return {"`true` or `false`", "", false,
            [=](const Scope& scope) { return std::string{member(scope) ? "true" : "false"}; },
            [=](const Scope& scope, const Node& node, const Place& place) {
                if (const auto value = read_flag(node, place)) { member(scope) = *value; }
            }};
}

// `names` in the order of the enumeration's values.
template <class At>
Kind choice(At member, std::vector<std::string> names) {
    return {"`" + joined(names, "`, `") + "`", "", false,
            [=](const Scope& scope) { return names[static_cast<std::size_t>(member(scope))]; },
            [=](const Scope& scope, const Node& node, const Place& place) {
                using Enum = std::remove_reference_t<decltype(member(scope))>;
                if (const auto value = read_choice(node, place, names)) { member(scope) = static_cast<Enum>(*value); }
            }};
}

}  // namespace config
