// A leg under any sequence of offers, answers, refusals and mutated descriptions keeps its promises: lines never get
// fewer, versions rise by one for each changed description sent and not otherwise, numbers keep their meaning, and what
// fails leaves no trace. Input: a description, a zero byte, then two bytes a step: what happens, and how the
// description changes before.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sip/sdp/offer_answer.hpp"
#include "sip/sdp/parser.hpp"

namespace {

using namespace sip::sdp;
using State = OfferAnswer::State;

void require(bool holds, const char* what) {
    if (holds) { return; }
    std::cerr << "does not hold: " << what << '\n';
    std::abort();
}

void append(std::string& text, const std::map<std::uint8_t, Format>& formats) {
    for (const auto& [number, format] : formats) {
        text += std::to_string(number) + ' ' + format.encoding + '/' + std::to_string(format.clock_hz) + '/' +
                std::to_string(format.channels) + ' ' + format.fmtp + '\n';
    }
    text += ";\n";
}

// All that a leg shows, byte for byte.
std::string snapshot(const OfferAnswer& leg) {
    std::string text = std::to_string(static_cast<int>(leg.state())) + '\n';
    if (const Session* pending = leg.pending_offer()) { text += write(*pending); }
    text += "agreed\n";
    if (leg.agreed()) { text += write(leg.agreed()->local) + write(leg.agreed()->remote); }
    for (const LineLedger& line : leg.ledger()) {
        append(text, line.local_formats);
        append(text, line.remote_formats);
    }
    return text;
}

Media* pick(Session& session, unsigned number) {
    return session.media.empty() ? nullptr : &session.media[number % session.media.size()];
}

// One of the changes that peers make, or should not make, between two descriptions.
void mutate(Session& session, std::uint8_t choice) {
    const unsigned number = choice >> 4;
    Media* media = pick(session, number);
    if (choice % 16 == 1) { ++session.origin.version; }
    if (media == nullptr) { return; }
    switch (choice % 16) {
        case 2:
            set_direction(*media, static_cast<Direction>(number % 4));
            return;
        case 3:
            media->port = media->port == 0 ? 4000 : 0;
            return;
        case 4:
            session.media.pop_back();
            return;
        case 5:
            if (session.media.size() < Limits{}.media) { session.media.push_back(Media{*media}); }
            return;
        case 6:
            media->kind = media->kind == "audio" ? "video" : "audio";
            return;
        case 7:
            media->protocol = media->protocol == "RTP/AVP" ? "RTP/SAVP" : "RTP/AVP";
            return;
        case 8:
            media->attributes.insert(media->attributes.begin(), {"rtpmap", "96 opus/48000/2"});
            return;
        case 9:
            media->attributes.insert(media->attributes.begin(), {"rtpmap", "96 iLBC/8000"});
            return;
        case 10:
            media->formats.push_back(std::to_string(90 + number));
            return;
        case 11:
            media->formats = {"0", "8"};
            return;
        case 12:
            media->connection = Connection::of(base::IpAddress{});
            return;
        case 13:
            media->attributes.clear();
            return;
        default:
            return;
    }
}

class Run {
public:
    explicit Run(Session session) : session_{std::move(session)} {}

    void step(std::uint8_t what, std::uint8_t change) {
        mutate(session_, change);
        switch (leg_.state()) {
            case State::stable:
                what % 2 == 0 ? peer_offers() : we_offer();
                break;
            case State::remote_offer:
                what % 4 == 0 ? we_reject() : we_answer();
                break;
            case State::local_offer:
                what % 4 == 0 ? we_withdraw() : peer_answers();
                break;
        }
        check_ledger();
    }

private:
    void peer_offers() {
        stable_ = snapshot(leg_);
        const auto accepted = leg_.on_remote_offer(session_, usable_);
        if (!accepted) {
            require(accepted.error().status == 488 && !accepted.error().rule.empty(), "a refusal has a rule");
            require(snapshot(leg_) == stable_, "a refused offer leaves no trace");
            return;
        }
        require(!leg_.agreed() || session_.media.size() >= leg_.agreed()->local.media.size(), "lines never get fewer");
        if (!accepted->unchanged) { return; }
        Session before = leg_.agreed()->remote;
        before.origin = session_.origin;
        require(before == session_, "unchanged is the same but for o=");
    }
    void we_reject() {
        leg_.reject_remote_offer();
        require(snapshot(leg_) == stable_, "a rejected offer leaves no trace");
    }
    void we_answer() {
        Session ours = lawful(session_);
        const Session offer = *leg_.pending_offer();
        if (ours.media.size() > offer.media.size()) { ours.media.resize(offer.media.size()); }
        const Session sent = leg_.answer(ours);
        check_sent(sent);
        require(leg_.state() == State::stable, "an answer ends the exchange");
        require(sent.media.size() == offer.media.size(), "an answer has as many lines as the offer");
        for (std::size_t i = 0; i < sent.media.size(); ++i) {
            require(sent.media[i].is_disabled() || !offer.media[i].is_disabled(), "what was off stays off");
        }
    }
    void we_offer() {
        stable_ = snapshot(leg_);
        const auto before = leg_.agreed() ? leg_.agreed()->local.media.size() : 0;
        const Session sent = leg_.offer(lawful(session_));
        check_sent(sent);
        require(sent.media.size() >= before, "our lines never get fewer");
    }
    void we_withdraw() {
        leg_.withdraw_offer();
        require(snapshot(leg_) == stable_, "a withdrawn offer leaves no trace");
    }
    void peer_answers() {
        const std::string before = snapshot(leg_);
        const Session offer = *leg_.pending_offer();
        if (!leg_.on_remote_answer(session_, usable_)) {
            require(snapshot(leg_) == before, "a refused answer leaves our offer open");
            return;
        }
        require(leg_.state() == State::stable, "an answer ends the exchange");
        require(leg_.agreed()->local == offer && leg_.agreed()->remote == session_, "both are committed together");
    }

    // A description of ours: without lines that give one of our numbers another meaning.
    Session lawful(Session ours) const {
        for (std::size_t i = 0; i < std::min(ours.media.size(), leg_.ledger().size()); ++i) {
            for (const Format& format : formats_of(ours.media[i])) {
                const auto& known = leg_.ledger()[i].local_formats;
                const auto found = known.find(format.payload);
                if (found != known.end() && !same_meaning(found->second, format)) { ours.media[i].port = 0; }
            }
        }
        return ours;
    }

    void check_sent(const Session& sent) {
        Session content = sent;
        content.origin = {};
        const bool changed = !last_sent_ || !(content == *last_sent_);
        require(sent.origin.version == last_version_ + (changed ? 1 : 0), "o= rises by one for each change, or stays");
        require(sent.origin.session_id == 7, "the session id stays");
        last_version_ = sent.origin.version;
        last_sent_ = content;
    }

    // What was in the ledger is still there and means the same.
    void check_ledger() {
        const auto& now = leg_.ledger();
        require(now.size() >= ledger_.size(), "the ledger forgets no line");
        for (std::size_t i = 0; i < ledger_.size(); ++i) {
            check_kept(ledger_[i].local_formats, now[i].local_formats);
            check_kept(ledger_[i].remote_formats, now[i].remote_formats);
        }
        ledger_ = now;
        if (!leg_.agreed()) { return; }
        require(leg_.agreed()->local.media.size() == leg_.agreed()->remote.media.size(), "both have the same lines");
        require(now.size() >= leg_.agreed()->local.media.size(), "every line has its ledger");
        for (std::size_t i = 0; i < leg_.agreed()->remote.media.size(); ++i) {
            check_agrees(leg_.agreed()->remote.media[i], now[i].remote_formats);
            check_agrees(leg_.agreed()->local.media[i], now[i].local_formats);
        }
    }
    static void check_kept(const std::map<std::uint8_t, Format>& before, const std::map<std::uint8_t, Format>& now) {
        for (const auto& [number, format] : before) {
            const auto found = now.find(number);
            require(found != now.end() && same_meaning(found->second, format), "a number keeps its meaning");
        }
    }
    static void check_agrees(const Media& media, const std::map<std::uint8_t, Format>& known) {
        if (media.is_disabled()) { return; }
        for (const Format& format : formats_of(media)) {
            if (format.encoding.empty()) { continue; }
            require(same_meaning(known.at(format.payload), format), "what is in force is in the ledger");
        }
    }

    Session session_;  // what the next description is made from
    OfferAnswer leg_{7, base::IpAddress::v4({192, 0, 2, 1})};
    const std::vector<std::string> usable_{"PCMU", "PCMA", "opus", "ISAC"};
    std::string stable_;  // the leg before the open exchange
    std::uint64_t last_version_ = 0;
    std::optional<Session> last_sent_;
    std::vector<LineLedger> ledger_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input{reinterpret_cast<const char*>(data), size};
    const auto end = input.find('\0');
    constexpr std::size_t longest_description = 1024;  // many short conversations, not few long texts
    if (std::min(end, input.size()) > longest_description) { return 0; }
    const auto session = parse(input.substr(0, end));
    if (!session) { return 0; }
    // A seed without steps still gets some: a call, a hold, a new line, a changed number.
    constexpr std::string_view usual{"\0\0\1\0\0\22\1\0\0\5\1\0\1\10\1\0\0\11\1\0\1\3\1\0\0\4\1\0", 28};
    const auto steps = end == input.npos ? usual : input.substr(end + 1);
    Run run{*session};
    constexpr std::size_t longest = 48;
    for (std::size_t i = 0; i + 1 < std::min(steps.size(), longest); i += 2) {
        run.step(static_cast<std::uint8_t>(steps[i]), static_cast<std::uint8_t>(steps[i + 1]));
    }
    return 0;
}
