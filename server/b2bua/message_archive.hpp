// The messages of live calls, and of those that ended last, as they were on the wire. A message is told by its Call-ID:
// a call names those of its dialogs when it first notes a message of them, so that repetitions, and what comes when the
// call is gone already, find their place, too.
#pragma once

#include <boost/container/static_vector.hpp>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "server/b2bua/call_key.hpp"
#include "server/capture/call_messages.hpp"

namespace server {

class MessageArchive {
public:
    // A message that leaves by one call of ours and comes back into another belongs to both; of more calls the latest.
    static constexpr std::size_t max_calls_of_dialog = 4;
    static constexpr std::size_t max_dialogs_of_call = 64;
    // What a call may still get when it has ended: repetitions, mostly.
    static constexpr std::size_t max_late = 16;

    // `limit`: bytes of each call; 0: no message is kept. `named`: whose they are is to be known all the same.
    void configure(std::size_t limit, bool named) {
        limit_ = limit;
        named_ = named;
    }
    bool is_on() const { return limit_ != 0 || named_; }

    // The call with this id has a dialog with that Call-ID.
    void name(std::string_view dialog, CallKey call, const std::string& id);
    // Empty: it is nobody's. Valid until the next name() or forget().
    std::span<const CallKey> calls_of(std::string_view dialog) const;
    const std::string& id_of(CallKey call) const;  // of one of these
    void add(CallKey call, capture::CapturedMessage message);
    // The call is over; what it has cost so far.
    std::size_t close(CallKey call);
    void forget(CallKey call);

    // Null: it has none.
    const capture::CallMessages* find(CallKey call) const;
    std::size_t size() const { return calls_.size(); }
    std::size_t dialogs() const { return dialogs_.size(); }

private:
    using Calls = boost::container::static_vector<CallKey, max_calls_of_dialog>;
    struct Kept {
        std::string id;
        capture::CallMessages messages;
        std::vector<std::string> dialogs;
        bool is_over = false;
        std::size_t late = 0;
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };

    std::size_t limit_ = 0;
    bool named_ = false;
    std::unordered_map<CallKey, Kept> calls_;
    std::unordered_map<std::string, Calls, Hash, std::equal_to<>> dialogs_;
};

}  // namespace server
