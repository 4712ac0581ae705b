// Ids that cannot be mixed up: a TransactionId is not a CallId, though both are numbers. 0 means "none".
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace base {

template <class Tag>
struct StrongId {
    std::uint64_t value = 0;

    explicit operator bool() const { return value != 0; }
    friend auto operator<=>(const StrongId&, const StrongId&) = default;
};

}  // namespace base

template <class Tag>
struct std::hash<base::StrongId<Tag>> {
    std::size_t operator()(const base::StrongId<Tag>& id) const noexcept {
        return std::hash<std::uint64_t>{}(id.value);
    }
};
