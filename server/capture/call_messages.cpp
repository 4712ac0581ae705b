#include "server/capture/call_messages.hpp"

#include <utility>

namespace server::capture {

void CallMessages::add(CapturedMessage message, std::size_t limit) {
    const std::size_t size = size_of(message);
    set_up_over_ = set_up_over_ || first_ == max_first || bytes_ + size > limit / 2;
    messages_.push_back(std::move(message));
    bytes_ += size;
    if (!set_up_over_) {
        ++first_;
        return;
    }
    while (messages_.size() > first_ && (messages_.size() - first_ > max_last || bytes_ > limit)) { drop_eldest(); }
}

// After the set-up.
void CallMessages::drop_eldest() {
    const auto eldest = messages_.begin() + static_cast<std::ptrdiff_t>(first_);
    bytes_ -= size_of(*eldest);
    messages_.erase(eldest);
    ++left_out_;
}

}  // namespace server::capture
