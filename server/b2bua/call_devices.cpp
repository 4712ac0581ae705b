#include "server/b2bua/call_devices.hpp"

#include <utility>

#include "server/b2bua/setup.hpp"
#include "server/b2bua/transfer.hpp"
#include "server/b2bua/words.hpp"

namespace server {
namespace {

constexpr std::string_view completed_elsewhere = "SIP;cause=200;text=\"Call completed elsewhere\"";
constexpr media::Side b = media::Side::b;

}  // namespace

std::unique_ptr<Leg>& Call::Devices::seat() const { return call_.transfer_ ? call_.transfer_->leg : call_.b_; }

Call::Devices::Device Call::Devices::leave_seat() {
    Device device{std::move(seat())};
    if (!call_.transfer_) { call_.streams_.exchange(b, device.streams); }
    return device;
}

void Call::Devices::take_seat(Device device) {
    seat() = std::move(device.leg);
    if (call_.transfer_ || !seat()) { return; }
    call_.streams_.exchange(b, device.streams);
    call_.negotiation_.set_rules(b, seat()->negotiation_rules(call_.config()));
}

void Call::Devices::ring(Turn& turn) {
    call_.transfer_ ? call_.drop_target(turn) : call_.drop_attempt(turn);
    begin();
    auto& attempts = call_.transfer_ ? call_.transfer_->attempts : call_.setup_->attempts;
    auto& current = call_.transfer_ ? call_.transfer_->current : call_.setup_->current;
    call_one(turn);
    while (!attempts.empty() && attempts.back().joins) {
        current = std::move(attempts.back());
        attempts.pop_back();
        call_one(turn);
    }
    if (seat()) { return call_.explain(turn, words::ring_together(*seat(), size() + 1)); }
    const std::string_view why = "no media port is free";
    call_.transfer_ ? call_.fail_transfer(turn, 503, why) : call_.fail_setup(turn, 503, why);
}

// Without a media port it is left out.
void Call::Devices::call_one(Turn& turn) {
    Device before = leave_seat();
    make_leg(turn);
    std::string why;
    if (!seat()->open_media_apart(turn.now, services(), call_.config(), why)) {
        call_.log(turn, config::LogLevel::error, "media.no_port", {{"why", why}});
        call_.explain(turn, words::device(*seat()) + " is left out: no media port is free");
        seat().reset();
        return take_seat(std::move(before));
    }
    if (before.leg) { add(std::move(before)); }
    announce(*seat());
    call_.transfer_ ? call_.invite_target(turn) : call_.invite_b(turn);
}

void Call::Devices::make_leg(Turn& turn) {
    if (!call_.transfer_) { return call_.make_leg_b(turn, *call_.setup_->current.flow); }
    const Attempt& current = call_.transfer_->current;
    const bool sips = current.uri.scheme == sip::Uri::Scheme::sips;
    call_.make_beside(turn, *current.flow, own_address(*current.flow, call_.config(), services().setup, sips),
                      current.party);
    call_.explain(turn, words::trying(*seat()));
}

void Call::Devices::serve(Device& device, const std::function<void()>& by) {
    Device before = leave_seat();
    take_seat(std::exchange(device, std::move(before)));
    by();
    if (Device* const heard_before = heard()) {  // the media of the call follows that one
        Device served = leave_seat();
        take_seat(std::exchange(*heard_before, std::move(served)));
    }
}

void Call::Devices::hear(Turn& turn) {
    if (!seat()->apart || heard() != nullptr) { return; }
    call_.explain(turn, words::device(*seat()) + " is heard until one answers");
    join_media(turn);
}

void Call::Devices::join_media(Turn& turn) {
    call_.open_session(turn);
    seat()->join_media(turn.now, services(), call_.session_);
    if (call_.transfer_) { return; }
    for (Stream& stream : call_.streams_) {
        auto& end = stream.at(b);
        if (!end.apart) { continue; }
        if (!stream.session) { stream.session = services().engine.open_session(turn.now); }
        services().engine.move_leg(turn.now, {end.apart, b}, {stream.session, b});
        services().engine.close_session(turn.now, std::exchange(end.apart, {}));
    }
}

void Call::Devices::note_progress(Turn& turn, int status) {
    const std::string_view does = status == 180 ? "rings" : "reports progress";
    if (note(*seat(), does)) { call_.explain(turn, words::device(*seat()) + ' ' + std::string{does}); }
}

// While one of several is heard, nothing is told of the others: a phone that is shown that somebody rings may play a
// tone of its own instead. And that somebody rings is told once.
bool Call::Devices::is_news_for_a(const sip::Message& response, bool described) const {
    const bool repeats = response.status() == call_.setup_->shown;
    if (seat()->apart) { return !repeats && !is_any_heard(); }
    return empty() || described || !repeats;
}

void Call::Devices::choose(Turn& turn) {
    if (!empty()) { call_.explain(turn, words::device(*seat()) + " has the call: the others stop ringing"); }
    cancel(turn, completed_elsewhere);
    if (seat()->apart) { join_media(turn); }
}

bool Call::Devices::lose(Turn& turn) {
    if (empty()) { return false; }
    call_.transfer_ ? call_.drop_target(turn) : call_.drop_attempt(turn);
    take_seat(take());
    if (call_.transfer_) { return true; }
    if (seat()->in_force()) { hear(turn); }
    call_.apply_media(turn);
    return true;
}

void Call::Devices::give_up(Turn& turn, int status, const std::string& why) {
    if (empty()) { return call_.fail_setup(turn, status, why); }
    call_.explain(turn, words::device(*seat()) + " is given up: " + why);
    note(*seat(), "given up: " + why);
    refusals.add(status, nullptr);
    dismiss(turn, "SIP;cause=" + std::to_string(status));
    take_seat(take());
    if (seat()->in_force()) { hear(turn); }
    call_.apply_media(turn);
}

void Call::Devices::cancel(Turn& turn, std::string_view reason) {
    while (!empty()) {
        Device stays = leave_seat();
        take_seat(take_last());
        note(*seat(), "cancelled");
        dismiss(turn, reason);
        take_seat(std::move(stays));
    }
}

// Empties the seat: the call has nothing more to say to it but that.
void Call::Devices::dismiss(Turn& turn, std::string_view reason) {
    Leg& leg = *seat();
    if (!call_.transfer_) {
        call_.decline_owed_pracks(turn);
        leg.forget_pracks(services());
        call_.drop_streams_of(turn, b);
    }
    leg.close_media(turn.now, services(), call_.session_);
    call_.departing_.add_cancelled(turn, std::move(seat()), reason);
}

}  // namespace server
