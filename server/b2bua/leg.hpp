// One leg of a call: its dialog, its offer/answer state, its open INVITE transactions, its media ports. It shares
// nothing on the wire with the other leg. The call decides what happens; the leg knows how to say it to its peer.
// Of the dialogs that a forked INVITE makes, a leg is one at a time: fork.hpp.
#pragma once

#include <boost/container/small_vector.hpp>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "media/engine.hpp"
#include "server/b2bua/addressing.hpp"
#include "server/b2bua/bridge_rules.hpp"
#include "server/b2bua/call_record.hpp"
#include "server/b2bua/early_dialogs.hpp"
#include "server/b2bua/fork.hpp"
#include "server/b2bua/header_policy.hpp"
#include "server/b2bua/leg_name.hpp"
#include "server/b2bua/leg_transport.hpp"
#include "server/b2bua/music_start.hpp"
#include "server/b2bua/negotiation.hpp"
#include "server/b2bua/services.hpp"
#include "server/routing/party.hpp"
#include "sip/auth/digest_client.hpp"
#include "sip/dialog/invite_usage.hpp"
#include "sip/dialog/session_timer.hpp"
#include "sip/transaction/layer.hpp"

namespace server {

// The way to the next hop of a dialog; `last`, the peer's way as last seen, if that is a name or a transport that is
// not spoken here.
sip::Flow next_flow(const sip::Dialog& dialog, const sip::Flow& last, const CoreSetup& setup);

class Leg : public Fork {
public:
    // `record` is its call's, and outlives it.
    Leg(media::Side side, const Services& services, sip::Flow flow, OwnAddress own, Party party, CallRecord& record);

    media::Side side;
    sip::Flow flow;  // the way to its peer, as last seen
    OwnAddress own;
    Party party;  // of nobody: an app, or a bare URI as target
    CallRecord& record;
    std::string call_id;
    std::string local_tag;

    // INVITE transactions. A leg has at most one open in each direction (RFC 3261 §14.1).
    sip::TransactionId invite_in;             // set while we owe its final response
    std::optional<sip::Message> open_invite;  // its request
    sip::TransactionId invite_out;
    std::optional<sip::Message> sent_invite;  // of ours that opened it: its dialogs, forks included, are made from it
    EarlyDialogs early;                       // these, of leg B
    sip::TransactionId cancelled;             // the one of ours that was taken back
    bool invite_out_open = false;             // a final response is still to come
    bool invite_out_offerless = false;        // it carried no SDP: the 2xx brings the offer, the ACK the answer
    bool ack_owed = false;                    // its 2xx came and is not acknowledged yet
    bool answer_owed = false;                 // and brought an offer, which the ACK answers (RFC 3261 §13.2.1)
    std::uint32_t invite_out_cseq = 0;
    sip::TransactionId update_out;  // set while its final response is still to come
    bool owns_call_id = false;      // ours: we opened the dialog (RFC 3261 §14.1)
    sip::SessionTimer session_timer;
    sip::SessionTimerReply timer_reply;         // to the peer's INVITE that is open
    sip::SessionTimerReply update_timer_reply;  // to its UPDATE, which may come while that is
    sip::TransactionId refresh_out;             // an UPDATE without SDP, until its final response
    sip::SentAnswer sent_answer;
    sip::TransactionId refused_invite;     // a change in the dialog that we refused, until the ACK of that
    std::optional<sip::Message> last_2xx;  // repeated until its ACK comes
    sip::TransactionId last_2xx_transaction;
    sip::SentAck sent_ack;
    std::unique_ptr<sip::DigestClient> digest;  // towards its trunk, once that has asked for credentials
    struct Credentials {
        sip::HeaderId field;
        std::string value;
    };
    std::optional<Credentials> invite_credentials;  // of our last INVITE; its ACK carries the same (§13.2.2.4)

    std::optional<media::LegPorts> ports;
    media::SessionId apart;                   // its media is in a session of its own: another device may be heard first
    bool webrtc;                              // its peer is a browser: all its lines go over one transport
    std::unique_ptr<LegTransport> transport;  // that
    std::uint32_t ssrc = 0;                   // on it, of the audio
    media::SrtpSecret srtp_secret;
    media::CertificateFingerprint certificate;   // that DTLS shows
    std::optional<DtlsAgreement> association;    // of the pair of descriptions in force
    bool offerless_open = false;                 // a re-INVITE without SDP of this peer awaits its answer
    std::vector<base::Endpoint> strangers;       // media of forks that were ended: not its peer's
    std::set<std::string, std::less<>> refuses;  // kinds of changes that this peer has refused for good

    bool held_here = false;  // by the operator: what we want, beside what its peer does

    bool bye_sent = false;
    sip::TransactionId bye_out;
    bool bye_when_acknowledged = false;  // a BYE before the ACK of our final response would cross it
    std::string bye_reason;              // of a BYE that is still to come, or was sent
    bool loops = false;                  // its peer is another call of this very server
    bool rings = false;                  // it has said so: 180
    bool is_empty = false;               // nobody sits here yet: nothing is said, nothing comes
    bool over = false;                   // nothing more is to come from, or to be sent to, this peer
    media::LegDescription described;
    bool is_described = false;
    media::Source source = media::Source::none;
    base::Duration armed{};
    media::Source heard = media::Source::none;  // as far as its description lets it hear, for the record
    MusicStart music_start;
    bool music = false;                // the first packet of it left, and it goes on
    bool music_server_failed = false;  // in this hold: the built-in tune plays

    const std::vector<std::string>& codecs(const config::Config& config) const;
    // What it may agree on for its audio.
    LineRules line_rules(const config::Config& config) const;
    // What the agreed descriptions mean for DTLS now; null: no association can come of them.
    const DtlsAgreement* associate();

    // leg_transport.cpp
    // Not every peer on a WebSocket is a browser: its first offer shows it.
    void take_profile(const sip::sdp::Session& first_offer);
    // That of the INVITE which opens it; or why not. Nullopt where it brings none, too.
    std::optional<sip::sdp::Refusal> take_first_offer(const sip::Message& invite, const config::Config& config);
    // False: no media port is free, or the address is not ours; `why` says which.
    bool open_media(base::Instant now, const Services& services, media::SessionId session, const config::Config& config,
                    std::string& why);
    // In a session of its own.
    bool open_media_apart(base::Instant now, const Services& services, const config::Config& config, std::string& why);
    // From there to `session`; whoever was on this side of that is closed.
    void join_media(base::Instant now, const Services& services, media::SessionId session);
    // Wherever it is: in `session`, or apart.
    void close_media(base::Instant now, const Services& services, media::SessionId session);
    // As agreed; of a browser's transport that, too.
    media::LegDescription plan_media(base::Instant now, const Services& services);
    // Into a line of a browser beside the audio, which sends as `ssrc`; of another leg nothing.
    void dress_answer(sip::sdp::Media& line, const sip::sdp::Session& offer, std::size_t index, std::uint32_t line_ssrc,
                      const config::Config& config) const;
    void dress_offer(sip::sdp::Media& line, std::size_t index, std::uint32_t line_ssrc,
                     const config::Config& config) const;
    // What is said of the lines together, once all are written (line_webrtc: bundle).
    void complete(sip::sdp::Session& ours, const sip::sdp::Session* known) const;
    const config::Hold& hold(const config::Config& config) const;
    // Its peer is not asked to agree on holds: they are switched here.
    bool keeps_holds(const config::Config& config) const;
    const config::Renegotiation& renegotiation(const config::Config& config) const;
    NegotiationRules negotiation_rules(const config::Config& config) const;
    base::IpAddress media_address(const config::Config& config) const;  // that its ports are opened on
    base::Duration media_timeout(const config::Config& config) const;
    std::string trunk_name() const { return party.trunk_name(); }

    sip::SessionTimerReply& timer_reply_to(sip::Method method) {
        return method == sip::Method::update ? update_timer_reply : timer_reply;
    }
    sip::Flow next_flow(const CoreSetup& setup) const;
    // What an offer may take the peer to wish. Between two calls of ours each would wait for the other to lift a hold
    // that neither has: there an offer says what it wants, and the answer what it gets (RFC 6337 §5.3).
    Direction presumed_wish() const { return loops ? Direction::sendrecv : wish; }
    // From of an INVITE of ours to `callee`'s peer, who is called by this leg's.
    sip::NameAddr shown_to(const Leg& callee) const;
    // Whom it calls, where its target is `uri`: of a user its name, whatever its contact is.
    sip::Uri address_of(sip::Uri uri) const;
    // `user` has another way, `latest`, to the device that connection `lost` led to.
    void follow(std::string_view user, std::uint64_t lost, const sip::Flow& latest);
    // Where its peer was heard in its dialog. A trunk's is found by its Contact, but a user's by its flow alone.
    void note_flow(const sip::Flow& latest);
    sip::Flow way_to(const sip::Dialog& of, const CoreSetup& setup) const;
    // What may cross to this leg's peer: the rules of its trunk.
    HeaderPolicy header_policy() const;
    base::Endpoint announced(base::Endpoint local) const;  // as its peer is to know it
    // Our side of a description.
    Face face(Formats formats, Direction direction) const;
    const sip::sdp::Session* last_local() const;
    // The lines that no offer of ours may lack: those agreed, or more that the peer took in a 2xx of no use.
    const sip::sdp::Session* told_lines() const;
    const sip::sdp::LineLedger* ledger() const;
    // What the peer and we may use now, in the peer's order; empty before anything is agreed.
    Formats agreed_formats(const std::vector<std::string>& usable) const;

    // What the peer has said of the formats that it takes: agreed, shown in a preview, or offered.
    Formats said_formats(const std::vector<std::string>& usable) const;

    // What the description agreed last says that its peer wishes; `inactive` where its line is off.
    Direction wish_of_answer() const;

    // A description of its peer's is not taken.
    void count_refused(const Services& services, const sip::sdp::Refusal& why) const;

    // A 401 or 407 of its trunk. True: send the request again, authorized; false: we have nothing that would help.
    bool take_challenge(const sip::Message& response);
    void authorize(sip::Message& request, const Services& services);

    // Sends. Each counts and records itself.
    sip::TransactionId send_request(Turn& turn, const Services& services, sip::Message request);
    void respond(Turn& turn, const Services& services, sip::TransactionId transaction, const sip::Message& response);
    // The final or a provisional to the open INVITE. A final of 300 and above ends it here.
    void respond_invite(Turn& turn, const Services& services, const sip::Message& response);
    sip::Message make_invite_response(int status) const;
    // 2xx to the open INVITE with `sdp`, kept until acknowledged. `for_far`: the ACK's answer is owed to the far leg,
    // whose own 2xx was sent before this one: the wait ends early enough to acknowledge that.
    void answer_invite(Turn& turn, const Services& services, sip::Message response, const std::string& sdp,
                       bool for_far = false);
    // An ACK from its peer. True: the first of our open 2xx; its body counts.
    bool take_ack(const sip::Message& ack);
    // Its peer, or whoever is to sit here, is still to be told what became of the set-up.
    bool awaits_set_up() const { return invite_in || (is_empty && !over); }
    bool awaits_ack() const { return sent_answer.awaits_ack() || refused_invite; }
    // True: it was the one that is waited for.
    bool take_end_of_refusal(sip::TransactionId invite);
    void repeat_2xx(Turn& turn, const Services& services);
    // The same for the request that is open as `change`, INVITE or UPDATE.
    void open_change(sip::TransactionId transaction, const sip::Message& request, base::Instant now);
    sip::Message make_change_response(int status) const;
    void refuse_change(Turn& turn, const Services& services, const sip::Message& response);
    void answer_change(Turn& turn, const Services& services, sip::Message response, const std::string& sdp,
                       bool for_far = false);
    // 200 to an UPDATE without a description: nothing that is open is touched.
    void answer_without_session(Turn& turn, const Services& services, sip::TransactionId transaction,
                                const sip::Message& update, const sip::SessionTimerReply& timer);
    // What it says of itself: the methods that it allows.
    void learn(const sip::Message& message);
    void send_reinvite(Turn& turn, const Services& services, CallKey call, const std::string& sdp);
    void send_update(Turn& turn, const Services& services, CallKey call, const std::string& sdp);
    void send_refresh(Turn& turn, const Services& services, CallKey call);
    // Takes our open INVITE back.
    void cancel_invite(Turn& turn, const Services& services, std::string_view reason = {});
    void send_prack(Turn& turn, const Services& services, CallKey call, const sip::RAck& rack, const std::string& sdp);
    // Was it a PRACK of one of its early dialogs?
    bool is_prack(sip::TransactionId transaction) const;
    void forget_pracks(const Services& services) const;
    // Is this request or ACK of its dialog, or of one of its early ones?
    bool has_dialog(const sip::Message& message) const;
    void send_ack(Turn& turn, const Services& services, const std::string& sdp);
    void repeat_ack(Turn& turn, const Services& services);
    // An answer that takes nothing of an offer which came in the 2xx of a dialog that ends at once.
    std::string decline(const sip::sdp::Session& offer) const;
    // The same to this response; empty: the offer was ours, so that none is owed.
    std::string declining_answer(const sip::Message& response) const;
    // ACK to a 2xx that came too late or cannot be used. Where it brought an offer, the answer keeps what was agreed
    // last as far as the offer allows, and is agreed with that; without anything agreed it declines every line.
    void acknowledge_stale(Turn& turn, const Services& services, const LineRules& rules);
    // Takes back our own offer, if one is open.
    void withdraw_offer();
    // The same where the peer took it with an answer that cannot be used: it believes in its lines (RFC 3264 §8).
    void withdraw_taken_offer();
    // Forgets the peer's offer, if one is open, and what it meant.
    void forget_offer();
    // The dialog of a further 2xx to our INVITE, with another To tag, ends at once (RFC 3261 §13.2.2.4).
    void end_fork(Turn& turn, const Services& services, const sip::Message& response);
    // For 2xx that come again, later.
    void keep_acks(const Services& services) const;
    bool send_bye(Turn& turn, const Services& services, CallKey call, std::string_view reason);
    // It is nobody's any more: its dialog and its transactions leave the index.
    void forget(const Services& services) const;

private:
    std::string number_of(const sip::NameAddr& address) const;
    struct FirstInvite {
        sip::TransactionId id;
        bool offerless = false;
    };
    FirstInvite first_invite_;                                // of ours, once another followed it
    boost::container::small_vector<KeptAck, 1> ended_forks_;  // dialogs that were ended already

    sip::Message make_change_request(sip::Method method);
    OwnWebrtc own_webrtc() const;
    void add_timer(base::Instant now, const sip::SessionTimerReply& reply, sip::Message& response);
    sip::sdp::Session unchanging_answer(const LineRules& rules) const;
};

// The other peer has just asked for what has `held` hear music, if it may have it at once; and that is settled: what
// does not play at once (it was refused, or who holds is heard for as long as it speaks) is not waited for. `held` may
// be null.
void expect_music(Leg* held, base::Instant now);
void settle_music(Leg* held, base::Instant now);
bool hears_music_alone(const Leg& leg);  // not only where somebody is silent

}  // namespace server
