// The phone of a user: it registers (RFC 3261 §10.2) and proves who it is when the server asks (§22.2, §22.3). Digest
// itself is the product's, which its unit tests judge by the vectors of RFC 7616.
#include "sip/auth/digest_client.hpp"
#include "tests/simulation/phone/phone.hpp"
#include "tests/simulation/phone/transactions.hpp"

namespace simulation {

void Phone::register_here(std::chrono::seconds expires) {
    registered_for_ = expires;
    if (registration_.empty()) { registration_ = token(16); }
    send_register({});
}

void Phone::send_register(const std::string& credentials) {
    const auto client = std::make_shared<ClientTransaction>();
    const std::string aor = "<sip:" + identity_.user + "@" + server_.address.to_uri_host() + ">";
    client->method = "REGISTER";
    client->cseq = ++registrations_;
    client->branch = "z9hG4bK" + token(12);
    client->uri = "sip:" + server_.address.to_uri_host();
    client->to = server_;
    client->text = "REGISTER " + client->uri + " SIP/2.0\r\nVia: " + via(client->branch) +
                   "\r\nMax-Forwards: 70\r\nFrom: " + aor + ";tag=" + token(8) + "\r\nTo: " + aor +
                   "\r\nCall-ID: " + registration_ + "\r\nCSeq: " + std::to_string(client->cseq) +
                   " REGISTER\r\nContact: " + contact() + ";expires=" + std::to_string(registered_for_.count()) +
                   "\r\n" + credentials + "Content-Length: 0\r\n\r\n";
    clients_.push_back(client);
    send(client->text, client->to);
    if (!identity_.stream) { retransmit(client, t1); }
    ground_.clock.after(give_up_after, [this, client] { give_up(client); });
}

std::string Phone::credentials_for(const std::string& method, const std::string& uri, const sip::Message& challenge) {
    sip::DigestClient client{identity_.user, password};
    if (!client.on_challenge(challenge)) { return {}; }
    sip::Message request = sip::Message::request(method, uri);
    client.authorize(request, token(16));
    const bool by_proxy = challenge.status() == 407;
    const auto field = by_proxy ? sip::HeaderId::proxy_authorization : sip::HeaderId::authorization;
    return (by_proxy ? "Proxy-Authorization: " : "Authorization: ") + std::string{request.first(field).value_or("")} +
           "\r\n";
}

// Once a request: who is asked again has the wrong password.
bool Phone::proves_itself(const Client& client, const sip::Message& response) {
    const bool asked = response.status() == 401 || response.status() == 407;
    const bool has_tried = client->text.find("uthorization: Digest") != std::string::npos;
    if (!asked || has_tried || password.empty()) { return false; }
    const std::string credentials = credentials_for(client->method, client->uri, response);
    if (client->method == "REGISTER") {
        send_register(credentials);
    } else {
        remote_tag_.clear();
        dialogs_.clear();
        start_invite(client->uri, client->plan, client->headers + credentials, true);
    }
    return true;
}

}  // namespace simulation
