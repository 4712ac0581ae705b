// The inspector at the door of a phone that plays the server: it passes over what follows the rules and finds what
// breaks them. Phone B plays, and breaks rules on purpose; what the phones complain of is not counted here.
#pragma once

#include "tests/simulation/two_phones.hpp"
#include "tests/simulation/world/inspector.hpp"

namespace simulation {

struct Inspectors : TwoPhones {
    Trace found{clock};
    Inspector inspector{clock, found};

    Inspectors() {
        a.checks = b.checks = false;
        a.allows_update = b.allows_update = true;
        a.retries_glare = b.retries_glare = false;
        const base::Endpoint door = b.identity().sip;
        network.on_send = [this, door](const Datagram& datagram) {
            if (datagram.from == door) { inspector.on_sent(datagram); }
        };
        network.on_arrival = [this, door](const Datagram& datagram) {
            if (datagram.to == door) { inspector.on_received(datagram); }
        };
    }
    // Messages by hand. A's dialog; the branch is the CSeq.
    static Datagram message(const std::string& start, const std::string& cseq, const std::string& body,
                            const std::string& headers) {
        Datagram datagram;
        datagram.bytes =
            start + "\r\nVia: SIP/2.0/UDP 10.1.0.1;branch=z9hG4bK" + cseq.substr(0, cseq.find(' ')) +
            "\r\nMax-Forwards: 70\r\nFrom: <sip:a@a>;tag=a\r\nTo: <sip:s@s>;tag=s\r\nCall-ID: by-hand\r\n" +
            "Contact: <sip:x@10.1.0.1>\r\nCSeq: " + cseq + "\r\n" + headers +
            "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
        return datagram;
    }
    void receive(const std::string& start, const std::string& cseq, const std::string& body = {},
                 const std::string& headers = {}) {
        inspector.on_received(message(start, cseq, body, headers));
    }
    void send(const std::string& start, const std::string& cseq, const std::string& body = {},
              const std::string& headers = {}) {
        inspector.on_sent(message(start, cseq, body, headers));
    }
    void finish() {
        a.bye();
        pass(40s);
        inspector.on_end();
    }
    void expect_clean() {
        finish();
        EXPECT_THAT(found.violations(), testing::IsEmpty());
    }
    void expect_found(const std::string& text) {
        EXPECT_THAT(found.violations(), testing::Contains(testing::HasSubstr(text)));
    }
};

}  // namespace simulation
