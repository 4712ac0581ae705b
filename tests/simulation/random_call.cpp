#include "tests/simulation/random_call.hpp"

#include <memory>

#include "tests/simulation/random_policy.hpp"
#include "tests/simulation/world/town.hpp"

namespace simulation {
namespace {

const char* const rubbish = "v=0\r\nthis is no description\r\n";

Faults random_faults(base::Random& random) {
    Faults faults;
    if (random.below(100) < 30) { return faults; }
    faults.loss = static_cast<double>(random.below(21)) / 100;
    faults.duplicate = static_cast<double>(random.below(6)) / 100;
    faults.reorder = static_cast<double>(random.below(21)) / 100;
    faults.delay = std::chrono::milliseconds{1 + random.below(60)};
    faults.jitter = std::chrono::milliseconds{random.below(40)};
    return faults;
}

// How long one packet may take.
Duration slowest(const Faults& faults) {
    constexpr Duration held_back = 50ms;
    return faults.delay + faults.jitter + (faults.reorder > 0 || faults.duplicate > 0 ? held_back : 0ms);
}

}  // namespace

RandomCall::RandomCall(World& world, int seat, Variety variety, std::uint64_t seed)
    : world_{world},
      seat_{seat},
      variety_{variety},
      mischief_{world, seed, seat},
      kind_b_{random_kind()},
      a_{world.add_caller(seat, random_kind())},
      b_{world.add_callee(seat, kind_b_)},
      end_{world.clock.now()} {
    const bool speaks = happens(30);
    for (Phone* const phone : {&a_, &b_}) {
        phone->talks = speaks && !happens(10);
        phone->talks_on_hold = happens(30);
        phone->answers_cancel = !happens(10);
        choose_abilities(*phone);
        phone->takes_video = happens(50);
        choose_answers(*phone);
    }
    a_.requires_100rel = a_.supports_100rel && happens(20);
    if (a_.supports_100rel && happens(10)) { a_.prack_offer = Sdp::with(Direction::sendrecv); }
    if (variety_ == Variety::full) { mischief_.choose(a_, b_); }
    if (variety_ == Variety::timers) {
        set_timers(a_);
        set_timers(b_);
    }
    if (!mischief_.brings_others()) { world_.pair(a_, b_); }
    world_.clock.after(up_to(4s), [this] { set_up(); });
}

// One who refuses what the server sends to refresh would wait in vain for it.
void RandomCall::set_timers(Phone& phone) {
    phone.talks = false;
    phone.next_reinvites.clear();
    if (happens(20)) { return; }
    phone.timer.expires = 90s;
    phone.timer.by_update = phone.allows_update && happens(50);
    phone.timer.refreshes = !happens(15);
    constexpr const char* refreshers[] = {"", "uac", "uas"};
    phone.timer.refresher = one_of(refreshers);
}

Kind RandomCall::random_kind() {
    if (happens(80)) { return Kind::udp; }
    return happens(50) ? Kind::tcp : Kind::v6;
}

void RandomCall::choose_abilities(Phone& phone) {
    phone.supports_100rel = happens(40);
    phone.allows_update = happens(40);
    phone.talks_early = happens(20);
}

// Some of its provisional responses, with a description of the session or, if it was said already, without.
void RandomCall::make_reliable(Script& script) {
    for (Reply& step : script) {
        if (step.status <= 100 || step.status >= 200 || !happens(70)) { continue; }
        step.reliable = true;
        step.sdp = happens(60) ? Sdp{} : Sdp::none();
    }
    if (happens(20)) { script.insert(script.begin(), reliable(1ms, 180, Sdp{})); }
}

void RandomCall::choose_answers(Phone& phone) {
    phone.on_reinvite = answers(1ms + up_to(300ms));
    for (int i = 0; i < 12; ++i) { phone.next_reinvites.push_back(reinvite_script()); }
    const auto die = world_.random.below(100);
    const Duration ring = up_to(200ms) + 1ms;
    const Duration answer = ring + up_to(2s) + 1ms;
    phone.on_invite = {reply(ring, 180), reply(answer, 200)};
    if (die < 10) { phone.on_invite = answers(answer); }
    if (die >= 10 && die < 18) {
        Sdp early;
        early.kind = Sdp::Kind::described;
        phone.on_invite = {reply(ring, 183, early), reply(answer, 200)};
    }
    constexpr int refusals[] = {302, 404, 408, 480, 486, 488, 500, 503, 600, 603};
    if (die >= 18 && die < 24) { phone.on_invite = {reply(ring, 180), reply(answer, one_of(refusals))}; }
    if (die == 24) { phone.on_invite = is_silent(); }
    if (die == 25) { phone.on_invite = {reply(ring, 180), reply(answer, 200, Sdp::text(rubbish))}; }
    if (die == 26) { phone.on_invite.back().sdp = Sdp::none(); }
    if (die == 27) { phone.on_invite = {reply(ring, 180)}; }
    if (phone.supports_100rel) { make_reliable(phone.on_invite); }
}

Script RandomCall::reinvite_script() {
    const auto die = world_.random.below(100);
    const Duration after = 1ms + up_to(300ms);
    if (die < 76) { return answers(after); }
    if (die < 82) { return {reply(1ms, 100), reply(after, 200)}; }
    constexpr int refusals[] = {486, 488, 488, 491, 500, 503, 606};
    if (die < 93) { return refuses(one_of(refusals), after); }
    if (die < 94) { return refuses(happens(50) ? 481 : 408, after); }
    if (die < 96) { return answers(5s + up_to(5s)); }
    if (die < 97) { return {reply(1ms, 180), reply(5s + up_to(5s), 200)}; }
    if (die < 98) { return {reply(after, 200, Sdp::text(rubbish))}; }
    return is_silent();
}

void RandomCall::set_up() {
    end_ = world_.clock.now() + 2s + up_to(length());
    a_.invite(World::number(seat_, kind_b_), happens(15) ? Sdp::none() : Sdp{});
    if (happens(8)) {
        world_.clock.after(up_to(3s), [this] {
            if (!a_.over()) { a_.cancel(); }
        });
    }
    world_.clock.after(up_to(2s), [this] { act(); });
    for (int i = 0; i < 3; ++i) {
        world_.clock.after(up_to(2s), [this] { update_early(); });
    }
    world_.clock.at(end_, [this] { hang_up(); });
}

void RandomCall::act() {
    if (world_.clock.now() >= end_ || a_.over()) { return; }
    for (Phone* const phone : {&a_, &b_}) {
        const bool is_turn = happens(50);
        if (!is_turn || !phone->up() || phone->awaits_answer() || phone->awaits_update()) { continue; }
        if (!phone->quiet() && !happens(5)) { continue; }
        if (variety_ == Variety::full && mischief_.act(*phone)) { continue; }
        if (happens(80)) {
            renegotiate(*phone);
        } else {
            say_something(*phone);
        }
    }
    world_.clock.after(happens(10) ? up_to(100ms) : 500ms + up_to(pause()), [this] { act(); });
}

void RandomCall::update_early() {
    for (Phone* const phone : {&a_, &b_}) {
        const bool may = phone->state() == Phone::State::ringing && phone->allows_update && phone->may_offer();
        if (!may || !happens(50)) { continue; }
        phone->wish = happens(70) ? Direction::sendrecv : Direction::sendonly;
        phone->update(happens(20) ? Sdp::none() : Sdp{});
    }
}

// An UPDATE while it owes an offer, in the 200 to an INVITE without one, would make two offers of one side (RFC 6337
// §2.2).
void RandomCall::offer(Phone& phone, const Sdp& sdp) {
    if (phone.allows_update && happens(40) && phone.quiet()) {
        phone.update(sdp);
    } else {
        phone.reinvite(sdp);
    }
}

void RandomCall::renegotiate(Phone& phone) {
    constexpr Direction wishes[] = {Direction::sendrecv, Direction::sendrecv, Direction::sendrecv,
                                    Direction::sendonly, Direction::inactive, Direction::recvonly};
    phone.wish = one_of(wishes);
    phone.ack.answer = {};
    const auto die = world_.random.below(100);
    if (die < 35) {
        const auto answer = world_.random.below(100);
        if (answer < 5) { phone.ack.answer = Sdp::zero(); }
        if (answer >= 5 && answer < 8) { phone.ack.answer = Sdp::disabled(); }
        if (answer == 8) { phone.ack.answer = Sdp::none(); }
        if (answer == 9) { phone.ack.answer = Sdp::text(rubbish); }
        phone.reinvite(Sdp::none());
    } else if (die < 45) {
        offer(phone, Sdp::zero());
    } else if (die < 47) {
        offer(phone, Sdp::text(rubbish));
    } else if (die < 52) {
        change_codec(phone);
    } else if (die < 63) {
        offer(phone, happens(70) ? Sdp::with_video(phone.wish, one_of(wishes)) : Sdp::with(phone.wish));
    } else {
        offer(phone, {});
    }
    if (happens(8)) {
        world_.clock.after(up_to(300ms), [&phone] {
            if (phone.up()) { phone.cancel(); }
        });
    }
    if (happens(15)) {  // beside it
        world_.clock.after(up_to(300ms), [this, &phone] {
            if (phone.up()) { say_something(phone); }
        });
    }
}

// Another one first, or only one, or both again.
void RandomCall::change_codec(Phone& phone) {
    const std::vector<Law> choices[] = {{Law::a, Law::mu}, {Law::mu, Law::a}, {Law::a}, {Law::mu}};
    phone.use(one_of(choices));
    offer(phone, {});
}

void RandomCall::say_something(Phone& phone) {
    const auto die = world_.random.below(4);
    if (die == 0) { phone.request("OPTIONS"); }
    if (die == 1) { phone.request("INFO", "", "application/dtmf-relay", "Signal=1\r\nDuration=100\r\n"); }
    if (die == 2) { phone.request("MESSAGE", "", "text/plain", "hello"); }
    if (die == 3 && phone.allows_update && !phone.awaits_update()) { phone.update(Sdp::none()); }
}

void RandomCall::hang_up() {
    const bool is_a = happens(50);
    const bool both = happens(10);
    if (a_.up() && (is_a || both)) { a_.bye(); }
    if (b_.up() && (!is_a || both)) { b_.bye(); }
    if (!a_.over() && !a_.up()) { a_.cancel(); }
    mischief_.hang_up();
}

RandomOutcome run_random_world(std::uint64_t seed, int calls, Ladder ladder, Variety variety) {
    World world{seed, random_snapshot(variety == Variety::plain ? 0 : seed)};
    world.trace.records = ladder != Ladder::none;
    const Faults from_server = random_faults(world.random);
    world.network.all = random_faults(world.random);
    world.network.set_faults(server_endpoint(false).address, from_server);
    world.network.set_faults(server_endpoint(true).address, from_server);
    const bool clean = world.network.all.loss + from_server.loss == 0;
    world.allowed_gap = clean ? Duration{250ms} : Duration{800ms};
    if (clean) { world.settling = 2 * (slowest(world.network.all) + slowest(from_server)) + 60ms; }
    std::vector<std::unique_ptr<RandomCall>> all;
    for (int seat = 0; seat < calls; ++seat) {
        all.push_back(std::make_unique<RandomCall>(world, seat, variety, seed));
    }
    world.pass(variety == Variety::timers ? 300s : 30s);
    world.finish();
    RandomOutcome outcome;
    outcome.violations = world.trace.violations();
    if (world.trace.records) { outcome.report = world.report(ladder == Ladder::whole); }
    for (const auto& phone : world.phones) {
        outcome.connected += phone->ever_up() ? 1 : 0;
        outcome.renegotiated += phone->received("INVITE");
    }
    return outcome;
}

}  // namespace simulation
