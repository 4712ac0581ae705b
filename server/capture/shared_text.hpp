// The text of a message that several keep at once, in a single piece of memory; never changed once it is shared, so
// that it may go to other threads.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace server::capture {

class SharedText {
public:
    SharedText() = default;
    // A copy, in which `change` may alter what it likes before anybody else sees it.
    template <class Change>
    SharedText(std::string_view text, Change change)
        : size_{static_cast<std::uint32_t>(text.size())}, bytes_{copy_of(text, change)} {}
    explicit SharedText(std::string_view text) : SharedText{text, [](std::span<char>) {}} {}

    std::string_view view() const { return {bytes_.get(), size_}; }
    std::size_t size() const { return size_; }

private:
    template <class Change>
    static std::shared_ptr<const char[]> copy_of(std::string_view text, Change change) {
        auto bytes = std::make_shared_for_overwrite<char[]>(text.size());
        std::ranges::copy(text, bytes.get());
        change(std::span{bytes.get(), text.size()});
        return bytes;
    }

    std::uint32_t size_ = 0;
    std::shared_ptr<const char[]> bytes_;
};

}  // namespace server::capture
