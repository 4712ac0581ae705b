// The messages of one call as they were on the wire, repetitions too. Bounded in count and bytes: those of the set-up
// and the latest are kept, what lies between is counted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "server/capture/captured_message.hpp"

namespace server::capture {

class CallMessages {
public:
    static constexpr std::size_t max_first = 60;  // kept from the start, as far as half of the bytes goes
    static constexpr std::size_t max_last = 200;  // and up to now
    static constexpr std::size_t overhead = sizeof(CapturedMessage) + 32;  // of a message, beside its text

    // `limit`: bytes of all, overhead included.
    void add(CapturedMessage message, std::size_t limit);

    // In order of time. Those that are left out belong after the first `first()`.
    const std::vector<CapturedMessage>& all() const { return messages_; }
    std::size_t first() const { return first_; }
    std::uint64_t left_out() const { return left_out_; }
    std::size_t bytes() const { return bytes_; }

private:
    static std::size_t size_of(const CapturedMessage& message) { return message.text.size() + overhead; }
    void drop_eldest();

    std::vector<CapturedMessage> messages_;
    std::size_t first_ = 0;     // so many of them are of the start
    bool set_up_over_ = false;  // no more of those
    std::size_t bytes_ = 0;
    std::uint64_t left_out_ = 0;
};

}  // namespace server::capture
