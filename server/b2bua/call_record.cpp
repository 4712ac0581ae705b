#include "server/b2bua/call_record.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "base/text.hpp"
#include "server/b2bua/message_words.hpp"

namespace server {
namespace {

using Kind = RecordEntry::Kind;

constexpr std::size_t max_start = 48;  // bytes of the parts of a message; why it was sent has what is left
constexpr std::size_t max_cseq = 24;
constexpr std::size_t max_description = 80;

constexpr std::string_view more = "…";

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// One line of at most `limit` bytes, cut between characters.
std::string line_of(std::string_view words, std::size_t limit) {
    std::size_t size = words.size();
    if (size > limit) {
        size = 0;
        while (true) {
            const std::size_t next = std::max<std::size_t>(base::utf8_length(words.substr(size)), 1);
            if (size + next + more.size() > limit) { break; }
            size += next;
        }
    }
    std::string line{words.substr(0, size)};
    std::replace_if(line.begin(), line.end(), is_control, ' ');
    if (size < words.size()) { line += more; }
    return line;
}

// Exactly as long as it is: entries stay for the life of a call.
std::string fitted(const std::string& words) { return std::string{std::string_view{words}}; }

}  // namespace

std::string_view RecordEntry::part(std::size_t index) const {
    std::string_view rest = words;
    for (; index > 0; --index) {
        const auto end = rest.find('\n');
        if (end == rest.npos) { return {}; }
        rest.remove_prefix(end + 1);
    }
    return rest.substr(0, rest.find('\n'));
}

void CallRecord::note_received(base::Instant at, media::Side side, const sip::Message& message) {
    note_message(at, Kind::received, side, message);
}

void CallRecord::note_sent(base::Instant at, media::Side side, const sip::Message& message) {
    note_message(at, Kind::sent, side, message);
}

void CallRecord::note_message(base::Instant at, Kind kind, media::Side side, const sip::Message& message) {
    std::string words = line_of(start_words(message), max_start);
    words += '\n' + line_of(cseq_words(message), max_cseq);
    words += '\n' + line_of(exchange_words(kind, side, message), max_description);
    words += '\n' + line_of(why_words(message), max_words - words.size() - 1);
    const std::string_view call_id = message.first(sip::HeaderId::call_id).value_or("");
    note_dialog(side, call_id);
    add({at, kind, side, fitted(words), is_of_target(side, call_id)});
}

void CallRecord::note_dialog(media::Side side, std::string_view call_id) {
    const std::size_t hash = std::hash<std::string_view>{}(call_id);
    if (std::exchange(last_dialogs_[static_cast<std::size_t>(side)], hash) != hash) { dialogs_.emplace_back(call_id); }
}

bool CallRecord::is_of_target(media::Side side, std::string_view call_id) const {
    return media::is_music_leg(side) && call_id != music_servers_[static_cast<std::size_t>(side)];
}

void CallRecord::name_music_server(media::Side side, std::string_view call_id) {
    music_servers_[static_cast<std::size_t>(side)] = fitted(std::string{call_id});
}

void CallRecord::note_cancel(base::Instant at, media::Side side, std::string_view call_id, std::uint32_t cseq,
                             bool now) {
    std::string words = "CANCEL\n" + std::to_string(cseq) + " CANCEL\n\n";
    if (!now) { words += "as soon as there is a first response"; }
    add({at, Kind::sent, side, fitted(words), is_of_target(side, call_id)});
}

void CallRecord::note_decision(base::Instant at, std::string_view words) {
    add({at, Kind::decision, std::nullopt, fitted(line_of(words, max_words))});
}

void CallRecord::note_media(base::Instant at, media::Side side, std::string_view words) {
    add({at, Kind::media, side, fitted(line_of(words, max_words))});
}

// Offer or answer: it follows from the message and from what the INVITE of its exchange carried (RFC 3264 §4, RFC 6337
// §2). A PRACK answers the offer of a reliable response; once that is done, it offers (RFC 3262 §5).
std::string CallRecord::exchange_words(Kind kind, media::Side side, const sip::Message& message) {
    using sip::Method;
    const Method method = message.method();
    const bool acknowledges = method == Method::ack || method == Method::prack;
    const bool exchanges = method == Method::invite || method == Method::update || acknowledges;
    if (!exchanges) { return {}; }
    const std::string words = description_words(message);
    const bool peer_asked = (kind == Kind::received) == message.is_request();
    bool& offered = offered_[static_cast<std::size_t>(side)][peer_asked ? 0 : 1];
    if (message.is_request() && method == Method::invite) { offered = !words.empty(); }
    if (!words.empty()) {
        const bool of_invite = method == Method::invite;
        const bool settles = method == Method::prack ? !std::exchange(offered, true) : method == Method::ack;
        const bool answers = message.is_request() ? settles : !of_invite || offered;
        return (answers ? "answer " : "offer ") + words;
    }
    const bool invites = method == Method::invite && (message.is_request() || message.status() / 100 == 2);
    const bool owes_answer = method == Method::ack && !offered;
    return invites || owes_answer ? "no SDP" : "";
}

// Past the limits the eldest after the set-up gives way.
void CallRecord::add(RecordEntry entry) {
    const auto later = [](base::Instant at, const RecordEntry& other) { return at < other.at; };
    entries_.insert(std::upper_bound(entries_.begin(), entries_.end(), entry.at, later), std::move(entry));
    if (entries_.size() <= max_first + max_last) { return; }
    entries_.erase(entries_.begin() + max_first);
    ++left_out_;
}

}  // namespace server
