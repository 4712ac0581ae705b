// Which message an entry of the ladder tells of. An entry is made when the call decides to send, its message when it is
// written: in the same turn, with the same CSeq, in the same order. Only a CANCEL may wait for a first response.
#include "server/b2bua/capture_view.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "sip/message/cseq.hpp"
#include "sip/message/raw_field.hpp"

namespace server {
namespace {

struct Gist {
    std::string_view start;  // "INVITE", "488"
    std::string cseq;        // "2 INVITE"
    bool taken = false;
};

std::string_view first_word(std::string_view text) { return text.substr(0, text.find(' ')); }

Gist gist_of(std::string_view message) {
    constexpr std::string_view version = "SIP/2.0 ";
    message = sip::without_empty_lines(message);
    const bool is_response = message.starts_with(version);
    Gist gist{first_word(is_response ? message.substr(version.size()) : message), {}};
    if (const auto cseq = sip::CSeq::parse(sip::find_raw_field(message, sip::raw_cseq))) {
        gist.cseq = std::to_string(cseq->number) + ' ' + cseq->method_text;
    }
    return gist;
}

bool tells_of(const RecordEntry& entry, const capture::CapturedMessage& message, const Gist& gist) {
    const bool sent = entry.kind == RecordEntry::Kind::sent;
    const bool when = message.at == entry.at || (message.at > entry.at && gist.start == "CANCEL");
    return !gist.taken && when && sent == message.sent && gist.start.starts_with(first_word(entry.text())) &&
           (entry.cseq().empty() || gist.cseq == entry.cseq());
}

}  // namespace

std::vector<const capture::CapturedMessage*> messages_of(const std::vector<RecordEntry>& entries,
                                                         const std::vector<capture::CapturedMessage>& messages) {
    std::vector<Gist> gists;
    for (const auto& message : messages) { gists.push_back(gist_of(message.text.view())); }
    std::vector<const capture::CapturedMessage*> found;
    for (const RecordEntry& entry : entries) {
        found.push_back(nullptr);
        for (std::size_t i = 0; entry.is_message() && i < messages.size(); ++i) {
            if (!tells_of(entry, messages[i], gists[i])) { continue; }
            gists[i].taken = true;
            found.back() = &messages[i];
            break;
        }
    }
    return found;
}

}  // namespace server
