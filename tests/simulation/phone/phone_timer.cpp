// The phone's session timers (RFC 4028): what it asks for and grants, refreshes at half the interval, BYE where the
// other side does not refresh.
#include <algorithm>

#include "sip/message/name_addr.hpp"
#include "tests/simulation/phone/fields.hpp"
#include "tests/simulation/phone/phone.hpp"
#include "tests/simulation/phone/transactions.hpp"
#include "tests/simulation/world/glance.hpp"

namespace simulation {
namespace {

constexpr Duration least = 90s;  // RFC 4028 §5: the Min-SE of who says none

struct Expires {
    Duration interval{};
    std::string refresher;
};

Duration seconds_in(std::string_view value) {
    const auto number = base::parse_number<std::uint32_t>(base::trim(value.substr(0, value.find(';'))));
    return std::chrono::seconds{number.value_or(0)};
}

std::optional<Expires> read_expires(std::string_view value) {
    if (value.empty()) { return std::nullopt; }
    const auto parameters = value.find(';');
    const auto refresher =
        parameters == value.npos ? std::nullopt : sip::find_parameter(value.substr(parameters), "refresher");
    return Expires{seconds_in(value), std::string{refresher.value_or("")}};
}

std::string written(std::string_view name, Duration time, const std::string& refresher = {}) {
    return std::string{name} + ": " + std::to_string(time / 1s) + (refresher.empty() ? "" : ";refresher=" + refresher) +
           "\r\n";
}

}  // namespace

// Of an INVITE or UPDATE of ours. Once agreed, who refreshes stays who it is (RFC 4028 §7.4). Not in an UPDATE that may
// cross the 2xx of the INVITE: nobody could say which of the two counts.
std::string Phone::timer_wish() const {
    if (timer.expires == Duration{}) { return {}; }
    const bool is_agreed = interval_ != Duration{};
    const Duration min_se = std::max(timer.min_se, raised_min_se_);
    const std::string refresher = !is_agreed ? timer.refresher : is_refresher_ ? "uac" : "uas";
    return written("Session-Expires", std::max(is_agreed ? interval_ : timer.expires, min_se), refresher) +
           (min_se == Duration{} ? "" : written("Min-SE", min_se));
}

// RFC 4028 §7.2, §9: what a 2xx may grant.
void Phone::take_timer(const Client& client, const sip::Message& response) {
    const auto granted = read_expires(response.first(sip::HeaderId::session_expires).value_or(""));
    if (!granted) {
        // Who refreshes for a side that knows no timers goes on alone.
        const bool goes_on = interval_ != Duration{} && is_refresher_;
        goes_on ? start_timer(interval_, true) : stop_timer();
        return;
    }
    const auto asked = read_expires(header_value(client->text, "Session-Expires"));
    const Duration min_se = std::max(least, seconds_in(header_value(client->text, "Min-SE")));
    const auto judge = [&](bool holds, const std::string& rule) {
        if (!holds) { complain(rule, std::string{*response.first(sip::HeaderId::session_expires)}); }
    };
    const bool is_ours = granted->refresher == "uac";
    judge(is_ours || granted->refresher == "uas", "a refresher in the 2xx (RFC 4028 §9)");
    judge(!is_ours || lists(response, sip::HeaderId::require, "timer"),
          "Require: timer for refresher=uac (RFC 4028 §9)");
    judge(!is_ours || lists_option(client->text, "Supported", "timer"),
          "refresher=uas for who knows no timers (RFC 4028 §9)");
    judge(!asked || granted->interval <= asked->interval, "no longer interval than asked for (RFC 4028 §9)");
    judge(granted->interval >= min_se, "no interval below Min-SE (RFC 4028 §9)");
    judge(!asked || asked->refresher.empty() || asked->refresher == granted->refresher,
          "the refresher that was asked for (RFC 4028 §9)");
    if (timer.expires != Duration{}) { start_timer(granted->interval, is_ours); }
}

// The interval is too short: 422 (RFC 4028 §9).
bool Phone::refuses_interval(const Server& server) {
    const sip::Message& request = server->request;
    const auto asked = read_expires(request.first(sip::HeaderId::session_expires).value_or(""));
    if (!asked) { return false; }
    const Duration min_se = seconds_in(request.first(sip::HeaderId::min_se).value_or(""));
    if (!lists(request, sip::HeaderId::supported, "timer")) {
        complain("Supported: timer with Session-Expires (RFC 4028 §7.1)", server->text);
    }
    if (asked->interval < std::max(least, min_se)) {
        complain("no interval below Min-SE (RFC 4028 §7.1)", server->text);
    }
    if (asked->interval < demanded_min_se_ || min_se < demanded_min_se_) {
        complain("a retry that honours Min-SE (RFC 4028 §7.4)", server->text);
    }
    Duration demanded = std::exchange(timer.refuses_once, Duration{});
    if (timer.expires != Duration{} && asked->interval < timer.min_se) { demanded = std::max(demanded, timer.min_se); }
    if (demanded == Duration{}) { return false; }
    demanded_min_se_ = demanded;
    respond(server, 422, written("Min-SE", demanded));
    return true;
}

// Of a 2xx of ours. RFC 4028 §9, table 2.
std::string Phone::timer_grant(const Server& server) {
    const sip::Message& request = server->request;
    if (timer.expires == Duration{}) { return {}; }
    const auto asked = read_expires(request.first(sip::HeaderId::session_expires).value_or(""));
    const Duration min_se = std::max(least, seconds_in(request.first(sip::HeaderId::min_se).value_or("")));
    std::string refresher = asked ? asked->refresher : "";
    if (refresher.empty()) { refresher = timer.refresher.empty() ? "uac" : timer.refresher; }
    if (!lists(request, sip::HeaderId::supported, "timer")) { refresher = "uas"; }
    const Duration interval = std::max(min_se, asked ? std::min(asked->interval, timer.expires) : timer.expires);
    start_timer(interval, refresher == "uas");
    return written("Session-Expires", interval, refresher) + (refresher == "uac" ? "Require: timer\r\n" : "");
}

// 422 to a request of ours: once more with what is demanded (RFC 4028 §7.4).
bool Phone::tries_longer(const Client& client, const sip::Message& response) {
    if (response.status() != 422) { return false; }
    const Duration demanded = seconds_in(response.first(sip::HeaderId::min_se).value_or(""));
    if (demanded == Duration{}) { complain("Min-SE in a 422 (RFC 4028 §6)", "none"); }
    if (demanded <= raised_min_se_) { return false; }
    raised_min_se_ = demanded;
    if (client->method == "UPDATE") {
        update(client->plan, client->headers);
    } else if (!client->is_initial) {
        reinvite(client->plan, client->headers);
    } else {
        remote_tag_.clear();
        dialogs_.clear();
        start_invite(client->uri, client->plan, client->headers, true);
    }
    return true;
}

void Phone::stop_timer() {
    interval_ = {};
    ++timer_round_;
}

// RFC 4028 §10: at half the interval one refreshes; the other hangs up a little before it ends.
void Phone::start_timer(Duration interval, bool is_refresher) {
    interval_ = interval;
    is_refresher_ = is_refresher;
    const auto round = ++timer_round_;
    if (is_refresher) {
        ground_.clock.after(interval / 2, [this, round] { refresh(round); });
        return;
    }
    ground_.clock.after(interval - std::min<Duration>(32s, interval / 3), [this, round] {
        if (round != timer_round_ || state_ != State::up) { return; }
        if (!ground_.network.loses()) { complain("the refresher refreshes (RFC 4028 §10)", "no refresh came"); }
        bye();
    });
}

// The session as it is: what was offered last is offered again (RFC 4028 §7.4). Again later where it had no success.
void Phone::refresh(std::uint64_t round) {
    if (round != timer_round_ || state_ != State::up || !timer.refreshes) { return; }
    ground_.clock.after(quiet() ? interval_ / 8 : 1s, [this, round] { refresh(round); });
    if (!quiet()) { return; }
    if (timer.by_update) {
        update(Sdp::none());
        return;
    }
    Sdp same;
    if (offered_last_ && belief_.local) {
        same = Sdp::with(belief_.local->direction);
        same.zero_address = belief_.local->zero_address;
        same.port_zero = !belief_.local->enabled;
    }
    reinvite(same);
}

}  // namespace simulation
