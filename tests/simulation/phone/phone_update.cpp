// The phone's UPDATE (RFC 3311): as re-INVITE, but answered at once, and within early dialogs too.
#include <algorithm>

#include "tests/simulation/phone/phone.hpp"
#include "tests/simulation/phone/transactions.hpp"

namespace simulation {

bool Phone::awaits_update() const {
    return std::any_of(clients_.begin(), clients_.end(),
                       [](const Client& client) { return client->method == "UPDATE" && !client->done(); });
}

std::uint32_t Phone::update(const Sdp& offer, const std::string& headers) {
    const bool overtakes = awaits_update();
    const std::string sdp = offer.kind == Sdp::Kind::none ? std::string{} : write_sdp(offer, nullptr);
    const Client client = start_client("UPDATE", ++local_cseq_, target_,
                                       (up() ? timer_wish() : std::string{}) + headers, "application/sdp", sdp);
    client->headers = headers;
    client->plan = offer;
    client->sdp = sdp;
    client->overtakes = overtakes;
    remember();
    return client->cseq;
}

void Phone::on_update_final(const Client& client, const sip::Message& response) {
    const int status = response.status();
    if (status >= 300) {
        if (status == 500 && client->overtakes && !response.first(sip::HeaderId::retry_after)) {
            complain("Retry-After in a 500 to an UPDATE behind another (RFC 3311 §5.2)", "none");
        }
        if (!tries_longer(client, response)) { on_refused_change(client, status); }
        return;
    }
    take_target(response);
    take_timer(client, response);
    take_answer(client, response);
}

// RFC 3311 §5.2: one at a time, and no offer while another is open.
void Phone::on_update_request(const Server& server) {
    if (!allows_update) {
        complain("only methods that the peer allows (RFC 3261 §20.5)", "UPDATE");
        respond(server, 405, abilities());
        return;
    }
    const bool is_second = std::any_of(servers_.begin(), servers_.end(), [&](const Server& open) {
        return open != server && open->method == "UPDATE" && open->status == 0;
    });
    const bool offers = !server->request.body().empty();
    if (is_second || (offers && !has_open_offer() && owes_answer())) {
        respond(server, 500, "Retry-After: 3\r\n");
        return;
    }
    if (offers && has_open_offer()) {
        respond(server, 491);
        return;
    }
    if (refuses_interval(server)) { return; }
    if (offers) { take_offer(server); }
    remember();
    Script script = on_update;
    if (!next_updates.empty()) {
        script = next_updates.front();
        next_updates.pop_front();
    }
    play(server, script);
}

}  // namespace simulation
