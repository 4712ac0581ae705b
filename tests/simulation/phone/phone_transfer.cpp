// The phone in transfers (RFC 3515, RFC 3891): REFER and the NOTIFYs that follow, of whoever refers and of whoever is
// referred. What is told after a REFER goes by script: nobody is called.
#include <algorithm>

#include "sip/message/name_addr.hpp"
#include "tests/simulation/phone/fields.hpp"
#include "tests/simulation/phone/phone.hpp"
#include "tests/simulation/phone/transactions.hpp"
#include "tests/simulation/world/glance.hpp"

namespace simulation {
namespace {

std::string_view before(std::string_view value, char end) { return base::trim(value.substr(0, value.find(end))); }

// "SIP/2.0 180 Ringing": 180; 0 where it is no such thing.
int status_in(std::string_view fragment) {
    constexpr std::string_view start = "SIP/2.0 ";
    if (!fragment.starts_with(start)) { return 0; }
    return base::parse_number<int>(fragment.substr(start.size(), 3)).value_or(0);
}

}  // namespace

// ---- who refers ----

std::uint32_t Phone::refer(const std::string& refer_to, const std::string& headers) {
    const bool is_bare = refer_to.find('<') == std::string::npos;
    const std::string field = "Refer-To: " + (is_bare ? "<" + refer_to + ">" : refer_to) + "\r\n";
    const auto cseq = request("REFER", field + headers);
    referrals_.push_back({cseq, {}, false, false});
    return cseq;
}

void Phone::on_refer_final(const Client& client, const sip::Message& response) {
    const auto cseq = client->cseq;
    const auto find = [this, cseq] {
        return std::find_if(referrals_.begin(), referrals_.end(),
                            [cseq](const Referral& referral) { return referral.cseq == cseq; });
    };
    if (find() == referrals_.end()) { return; }                               // by hand
    const auto told = response.first(sip::HeaderId::refer_sub).value_or("");  // RFC 4488: false, nothing will be
    if (response.status() >= 300 || before(told, ';') == "false") {
        find()->is_over = true;
        return;
    }
    constexpr Duration at_once = 12s;  // on a network that may lose the first ones
    ground_.clock.after(at_once, [this, find] {
        if (find()->statuses.empty() && state_ != State::over && !was_hung_up_) {  // what a BYE overtakes is refused
            complain("a NOTIFY at once (RFC 3515 §2.4.4)", "none");
        }
    });
}

bool Phone::awaits_notice() const {
    return std::any_of(referrals_.begin(), referrals_.end(),
                       [](const Referral& referral) { return !referral.is_over; });
}

std::vector<int> Phone::notified(std::uint32_t cseq) const {
    for (auto referral = referrals_.rbegin(); referral != referrals_.rend(); ++referral) {
        if (cseq == 0 || referral->cseq == cseq) { return referral->statuses; }
    }
    return {};
}

std::string Phone::replaces() const {
    std::string text;
    for (const char byte : call_id_) { text += byte == '@' ? std::string{"%40"} : std::string{byte}; }
    return text + "%3Bto-tag%3D" + remote_tag_ + "%3Bfrom-tag%3D" + local_tag_;
}

void Phone::on_notify_request(const Server& server) {
    if (!next_notices.empty()) {
        const Reply answer = next_notices.front();
        next_notices.pop_front();
        return respond(server, answer.status, answer.headers);
    }
    const std::string_view event = server->request.first(sip::HeaderId::event).value_or("");
    if (before(event, ';') != "refer") {
        complain("an event that was asked for (RFC 6665 §4.1.3)", std::string{event});
        respond(server, 489);
        return;
    }
    // The NOTIFYs of the first REFER of a dialog may leave the id out (RFC 3515 §2.4.6).
    const auto parameters = event.find(';');
    const auto id = parameters == event.npos ? std::nullopt : sip::find_parameter(event.substr(parameters), "id");
    const auto found = std::find_if(referrals_.begin(), referrals_.end(), [&](const Referral& referral) {
        return !id || std::to_string(referral.cseq) == *id;
    });
    if (found == referrals_.end() || found->is_over) {
        complain("no NOTIFY without a subscription, none after its end (RFC 6665 §4.1.3)", server->text);
        respond(server, 481);
        return;
    }
    judge_notice(server, *found);
    respond(server, refuses_notices ? 481 : 200);
}

void Phone::judge_notice(const Server& server, Referral& referral) {
    const sip::Message& notify = server->request;
    const std::string_view state = header_value(server->text, "Subscription-State");
    if (state.empty()) { complain("Subscription-State in a NOTIFY (RFC 6665 §4.1.3)", server->text); }
    if (!notify.first(sip::HeaderId::contact)) { complain("Contact in a NOTIFY (RFC 6665 §8.2.1)", server->text); }
    const int status = status_in(notify.body());
    const bool is_fragment = before(notify.first(sip::HeaderId::content_type).value_or(""), ';') == "message/sipfrag";
    if (status == 0 || !is_fragment) { complain("a status line in message/sipfrag (RFC 3515 §2.4.5)", server->text); }
    if (referral.has_final) { complain("one final status (RFC 3515 §2.4.5)", server->text); }
    referral.statuses.push_back(status);
    referral.has_final = referral.has_final || status >= 200;
    referral.is_over = before(state, ';') == "terminated";
    const bool is_given_up = state.find("reason=timeout") != state.npos;
    if (referral.is_over && !referral.has_final && !is_given_up) {
        complain("the final status before the end (RFC 3515 §2.4.5)", server->text);
    }
}

// ---- who is referred ----

void Phone::on_refer_request(const Server& server) {
    if (!allows_refer) {
        respond(server, 405, abilities());
        return;
    }
    if (server->request.count(sip::HeaderId::refer_to) != 1) {
        complain("one Refer-To in a REFER (RFC 3515 §2.4.1)", server->text);
    }
    if (!server->request.first(sip::HeaderId::contact)) {
        complain("Contact in a REFER (RFC 3515 §2.2)", server->text);
    }
    ++refers_received_;
    play(server, on_refer);
}

// As RFC 3515 §2.4.4 has it, each at its time after our 2xx.
void Phone::tell_progress(const Server& server) {
    const std::string id = refers_received_ > 1 ? ";id=" + std::to_string(server->cseq) : "";
    for (const Notice& notice : notices) {
        ground_.clock.after(notice.after, [this, notice, id] {
            if (state_ == State::over) { return; }
            const bool is_last = notice.status >= 200;
            request("NOTIFY",
                    "Event: refer" + id + "\r\nSubscription-State: " +
                        (is_last ? "terminated;reason=noresource" : "active;expires=60") + "\r\n",
                    "message/sipfrag", "SIP/2.0 " + std::to_string(notice.status) + " As Told\r\n");
        });
    }
}

}  // namespace simulation
