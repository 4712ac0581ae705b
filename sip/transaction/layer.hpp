// All transactions of one shard: RFC 3261 §17 with RFC 6026, matching by §17.1.3 and §17.2.3 (RFC 2543 fallback),
// rport and received (RFC 3581), merged requests (§8.2.2.2), responses sent by §18.2.2, UDP → TCP by §18.1.1.
// Pure: bytes to send and events for the user come out in `LayerOutput`; carry out `send` first, in order.
// Leaves out: what a 2xx and its ACK mean (dialog/invite_usage), routing and resolving.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"
#include "sip/message/parser.hpp"
#include "sip/transaction/timer_config.hpp"
#include "sip/transport.hpp"

namespace sip {

struct TransactionEvent {
    enum class Kind : std::uint8_t {
        request,          // a new server transaction wants an answer (never ACK or CANCEL)
        ack,              // of a 2xx; `transaction`: whose branch it has, which only an ACK of a refusal should; else 0
        cancel,           // `transaction` is the INVITE server transaction to cancel; the CANCEL itself is answered
        response,         // to our request: each provisional but 100, the final, each further 2xx of an INVITE
        stray_response,   // of no client transaction (a 2xx long after, a misrouted one); usually ignored
        timeout,          // client: timer B or F; no final response came
        transport_error,  // client or server: it could not be sent
        refusal_acknowledged,  // server INVITE: the first ACK of our 3xx–6xx
        no_ack                 // server INVITE: our 3xx–6xx was never acknowledged (timer H)
    };
    Kind kind;
    TransactionId transaction;
    Message message;  // request, ack, cancel, response, stray_response
    Flow flow;        // where it came from
};

struct LayerOutput {
    std::vector<Outgoing> send;
    std::vector<TransactionEvent> events;
};

struct LayerConfig {
    TimerConfig timers{};
    std::size_t max_transactions = 400'000;     // lingering ones too; a new request beyond: 503, counted
    std::size_t datagram_request_limit = 1300;  // RFC 3261 §18.1.1
    std::string product{};  // User-Agent of what is asked, Server of what is answered (§20.41, §20.35); empty: neither
};

struct LayerCounters {
    std::uint64_t retransmissions_in = 0;   // requests and finals of the peer that we had seen before
    std::uint64_t retransmissions_out = 0;  // of ours, by timers A, E, G
    std::uint64_t merged = 0;
    std::uint64_t rejected_full = 0;
    std::uint64_t malformed = 0;
};

class TransactionLayer {
public:
    TransactionLayer(LayerConfig config, base::Random& random);
    ~TransactionLayer();
    TransactionLayer(const TransactionLayer&) = delete;
    TransactionLayer& operator=(const TransactionLayer&) = delete;

    // From the network. A malformed request that can be answered is answered here (its status, with a Warning).
    void on_message(base::Instant now, ParsedMessage parsed, const Flow& flow, LayerOutput& out);
    void on_timeout(base::Instant now, LayerOutput& out);
    void on_send_error(base::Instant now, TransactionId transaction, LayerOutput& out);
    base::Instant next_timeout() const;

    // Sends `request`, which must lack only its Via: the layer adds it with a new branch, `sent_by` ("host:port") and
    // rport. Not for ACK; not for CANCEL (see cancel()). Move it in: it is kept for retransmission and for CANCEL.
    TransactionId send_request(base::Instant now, Message request, const Flow& flow, std::string_view sent_by,
                               LayerOutput& out);
    // Provisional or final. After a 2xx to INVITE more 2xx may be sent until timer L (its retransmissions are the
    // caller's). Ignored if the transaction is gone.
    void respond(base::Instant now, TransactionId transaction, const Message& response, LayerOutput& out);
    // Answers a request without a transaction (§8.2.7): nothing is kept, nothing repeated. Not for ACK. `fields`: more
    // of the response's header.
    using Fields = std::vector<std::pair<std::string, std::string>>;
    void answer_stateless(Message request, int status, const Flow& flow, LayerOutput& out, const Fields& fields = {});
    // CANCEL of our INVITE (§9.1): now if a provisional has come, else as soon as one comes; nothing after a final.
    // `reason`: value of a Reason header field, or empty. If no final follows in 64·T1: event `timeout`.
    void cancel(base::Instant now, TransactionId invite, std::string_view reason, LayerOutput& out);

    // An ACK for a 2xx, or any other message outside transactions: adds a Via with a new branch and writes it.
    Outgoing make_stateless(Message request, const Flow& flow, std::string_view sent_by);

    // Does the request belong to a server transaction: a repetition, its ACK, its CANCEL?
    bool knows(const Message& request) const;
    bool exists(TransactionId transaction) const;
    std::size_t size() const;
    const LayerCounters& counters() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

// A response to `request` by §8.2.6.2: Via, From, To, Call-ID, CSeq and Record-Route (for what makes a dialog) copied,
// Timestamp for 100; `to_tag` added to To if it has none and `status` is not 100.
Message make_response(const Message& request, int status, std::string_view to_tag, std::string_view reason = {});

}  // namespace sip
