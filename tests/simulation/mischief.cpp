#include "tests/simulation/mischief.hpp"

#include <algorithm>

#include "tests/simulation/transfer_parties.hpp"
#include "tests/simulation/world/town.hpp"

namespace simulation {
namespace {

// In the phone's name, a description by hand: later ones of its own are another version of the same session.
std::string by_hand(const View& own, const std::string& media) {
    const std::string address = (own.rtp.address.is_v6() ? "IP6 " : "IP4 ") + own.rtp.address.to_string();
    return "v=0\r\no=- " + own.session_id + " " + std::to_string(own.version + 1'000) + " IN " + address +
           "\r\ns=-\r\nc=IN " + address + "\r\nt=0 0\r\nm=audio " + std::to_string(own.rtp.port) + media;
}

const char* const changed_meanings =
    " RTP/AVP 101 8\r\na=rtpmap:101 PCMA/8000\r\na=rtpmap:8 PCMA/8000\r\na=sendrecv\r\n";
const char* const nothing_usable = " RTP/AVP 18\r\na=rtpmap:18 G729/8000\r\na=sendrecv\r\n";
const char* const audio_alone = " RTP/AVP 8 0\r\na=sendrecv\r\n";

bool has_tags(const Phone& phone) {
    return std::ranges::none_of(phone.on_invite, [](const Reply& step) { return step.tag == ""; });
}

}  // namespace

void Mischief::choose(Phone& a, Phone& b) {
    for (Phone* const phone : {&a, &b}) {
        choose_habit(*phone);
        if (happens(15)) { choose_voice(*phone); }
    }
    makes_bad_offers_ = happens(15);
    moves_ = happens(15);
    bring_others(a, b);
}

void Mischief::choose_habit(Phone& phone) {
    const auto die = random_.below(100);
    if (die < 6) { phone.ack.after = 1ms + up_to(3s); }
    if (die >= 6 && die < 9) {
        world_.clock.after(5s + up_to(10s), [&phone] { phone.ack.send = false; });
    }
    if (die >= 9 && die < 12) { phone.pracks = false; }
    if (die >= 12 && die < 17) { phone.retries_glare = false; }
    if (die >= 17 && die < 20) { phone.answers_bye = false; }
    if (die >= 20 && die < 23 && !phone.supports_100rel) {  // as before RFC 3261: it knows no early dialogs
        for (Reply& step : phone.on_invite) { step.tag = ""; }
    }
    if (die < 23 || die >= 26) { return; }
    for (Reply& step : phone.on_invite) { step.rseq_step = happens(50) ? 2 : 1; }
}

void Mischief::choose_voice(Phone& phone) {
    constexpr Speech voices[] = {Speech::silence, Speech::comfort_noise, Speech::music};
    phone.voice = voices[random_.below(std::size(voices))];
    phone.takes_noise = happens(50);
}

bool Mischief::act(Phone& phone) {
    if (!phone.quiet() || !phone.belief().local || !phone.belief().local->enabled) { return false; }
    if (makes_bad_offers_ && happens(25)) {
        bad_offer(phone);
        return true;
    }
    if (!moves_ || !happens(25)) { return false; }
    move(phone);
    return true;
}

void Mischief::bad_offer(Phone& phone) {
    const View& own = *phone.belief().local;
    const auto die = random_.below(3);
    const Payload* const events = own.payload("telephone-event/8000");
    const char* media = nothing_usable;
    if (die == 1 && own.lines > 1) { media = audio_alone; }
    if (die == 2 && own.lines == 1 && events != nullptr && events->number == 101) { media = changed_meanings; }
    phone.reinvite(Sdp::text(by_hand(own, media)));
}

void Mischief::move(Phone& phone) {
    Sdp there = Sdp::with(phone.wish);
    constexpr std::uint16_t above = 200;
    there.rtp = phone.identity().rtp;
    there.rtp->port = static_cast<std::uint16_t>(there.rtp->port + above + 2 * ++moved_);
    phone.reinvite(there);
}

// The call must be up for a while: whoever is to come is there from the start.
void Mischief::bring_others(Phone& a, Phone& b) {
    constexpr Joins ways[] = {Joins::blind, Joins::attended, Joins::replaces, Joins::fork};
    if (!happens(12)) { return; }
    joins_ = ways[random_.below(std::size(ways))];
    Phone& one = happens(50) ? a : b;
    // What comes over a connection comes from its other end; the dialogs of a fork are told apart by their tags.
    if (joins_ == Joins::fork && (b.identity().stream || !has_tags(b))) {
        joins_ = Joins::none;
        return;
    }
    if (joins_ == Joins::replaces) {
        others_.push_back(&world_.add_caller(other_seat()));
        world_.clock.after(6s + up_to(6s), [this, &one] { replace(one); });
        return;
    }
    others_.push_back(&world_.add_callee(other_seat()));
    one.allows_refer = true;
    if (joins_ == Joins::attended) { others_.push_back(&world_.add_line(one)); }
    if (joins_ == Joins::blind) {
        world_.clock.after(6s + up_to(6s), [this, &one] { transfer(one); });
    } else if (joins_ == Joins::attended) {
        world_.clock.after(6s + up_to(4s), [this, &one] { consult(one); });
    } else {
        world_.network.fork(
            [&b](const Datagram& datagram, const Glance& seen) {
                const bool is_first = seen.to_tag.empty() && !b.ever_up();
                return datagram.to == b.identity().sip && seen.is("INVITE") && is_first;
            },
            others_.front()->identity().sip);
    }
}

void Mischief::transfer(Phone& transferor) {
    if (transferor.up() && transferor.quiet()) { transferor.refer("sip:" + World::number(other_seat()) + "@10.0.0.1"); }
}

void Mischief::consult(Phone& transferor) {
    if (!transferor.up() || !transferor.quiet()) { return; }
    transferor.wish = Direction::sendonly;
    transferor.reinvite();
    others_.back()->invite(World::number(other_seat()));
    world_.clock.after(2s + up_to(2s), [this, &transferor] {
        if (!transferor.up() || !others_.back()->up()) { return; }
        transferor.refer("sip:10.0.0.1?Replaces=" + others_.back()->replaces());
    });
}

void Mischief::replace(const Phone& replaced) {
    if (!replaced.up()) { return; }
    others_.front()->invite(World::number(seat_), happens(70) ? Sdp{} : Sdp::none(), replaces_field(replaced));
}

void Mischief::hang_up() {
    for (Phone* const phone : others_) {
        if (phone->up()) { phone->bye(); }
    }
}

}  // namespace simulation
