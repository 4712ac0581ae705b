// What happened in one call, for whoever asks why: its messages in a few words, the server's decisions and its media
// events, each with its time. Pure and bounded: the set-up and the latest are kept, what lies between is counted.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "media/engine.hpp"
#include "sip/message/message.hpp"

namespace server {

struct RecordEntry {
    enum class Kind : std::uint8_t { received, sent, decision, media };

    base::Instant at;
    Kind kind;
    std::optional<media::Side> side;  // whose message, who hears it; none: the call as a whole
    std::string words;                // of a message: start line, CSeq, description, why; each ends where '\n' begins
    bool of_target = false;           // a message beside the two legs: not of a music server, but of who is to join

    bool is_message() const { return kind == Kind::received || kind == Kind::sent; }
    std::string_view text() const { return part(0); }         // "488 Not Acceptable Here"; of the others all words
    std::string_view cseq() const { return part(1); }         // "2 INVITE"
    std::string_view description() const { return part(2); }  // "offer sendonly PCMA", "no SDP"
    std::string_view why() const { return part(3); }          // "Warning: 399 …"

private:
    std::string_view part(std::size_t index) const;
};

class CallRecord {
public:
    static constexpr std::size_t max_first = 60;   // entries kept from the start
    static constexpr std::size_t max_last = 200;   // and up to now
    static constexpr std::size_t max_words = 160;  // bytes of an entry; the end of longer ones becomes …

    void note_received(base::Instant at, media::Side side, const sip::Message& message);
    void note_sent(base::Instant at, media::Side side, const sip::Message& message);
    // The music server of this side has that Call-ID; who else speaks there is the target of a transfer (RFC 5589).
    void name_music_server(media::Side side, std::string_view call_id);
    // A CANCEL of our open INVITE, which the transactions write: now, or once the peer has responded at all.
    void note_cancel(base::Instant at, media::Side side, std::string_view call_id, std::uint32_t cseq, bool now);
    void note_decision(base::Instant at, std::string_view words);
    // What `side` hears or sends. It may be told later than it happened, and takes its place by time.
    void note_media(base::Instant at, media::Side side, std::string_view words);

    // Call-IDs of messages that were not noted before, since the last call; now and then one comes again.
    std::vector<std::string> take_dialogs() { return std::exchange(dialogs_, {}); }

    // In order of time. Those that are left out belong after the first `max_first`.
    const std::deque<RecordEntry>& entries() const { return entries_; }
    std::uint64_t left_out() const { return left_out_; }

private:
    void note_message(base::Instant at, RecordEntry::Kind kind, media::Side side, const sip::Message& message);
    std::string exchange_words(RecordEntry::Kind kind, media::Side side, const sip::Message& message);
    void note_dialog(media::Side side, std::string_view call_id);
    bool is_of_target(media::Side side, std::string_view call_id) const;
    void add(RecordEntry entry);

    std::deque<RecordEntry> entries_;
    std::uint64_t left_out_ = 0;
    std::array<std::string, media::side_count> music_servers_;  // their Call-IDs
    // Did the latest INVITE of each side, and of ours to it, carry an offer? Its 2xx then answers, else it offers.
    std::array<std::array<bool, 2>, media::side_count> offered_{};
    std::vector<std::string> dialogs_;
    std::array<std::size_t, media::side_count> last_dialogs_{};  // hash of the latest Call-ID of each side
};

}  // namespace server
