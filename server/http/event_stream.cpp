#include "server/http/event_stream.hpp"

#include <utility>

namespace server::http {

namespace {

constexpr std::size_t max_piece = std::size_t{256} << 10;  // bytes of one write, or one event

}  // namespace

void EventStream::put(Text event, const Text& last) {
    if (is_ended_ || is_left_) { return; }
    if (waiting_.size() >= max_waiting_) {
        watch_.note_too_slow();
        return end(last);
    }
    waiting_.push_back(std::move(event));
    if (waiting_.size() == 1) { wake(); }
}

void EventStream::end(Text last) {
    if (is_ended_ || is_left_) { return; }
    is_ended_ = true;
    waiting_.clear();
    waiting_.push_back(std::move(last));
    wake();
}

void EventStream::leave() {
    is_left_ = true;
    waiting_.clear();
    wake();
}

void EventStream::give_up() {
    watch_.note_too_slow();
    leave();
}

std::string EventStream::take() {
    std::string piece;
    while (!waiting_.empty() && (piece.empty() || piece.size() + waiting_.front()->size() <= max_piece)) {
        piece += *waiting_.front();
        waiting_.pop_front();
    }
    return piece;
}

}  // namespace server::http
