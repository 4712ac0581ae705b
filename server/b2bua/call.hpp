// A call: leg A, which the caller opened, and leg B, which we opened (or a built-in end in its place). Its life:
//   routing → ringing → up → ending, in call_setup.cpp, call_renegotiation.cpp, call_teardown.cpp;
// its other chapters are named below, at what they hold. Sans-IO: each on_… is one turn.
#pragma once

#include <array>
#include <boost/container/small_vector.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/b2bua/attempt.hpp"
#include "server/b2bua/call_meter.hpp"
#include "server/b2bua/call_quality.hpp"
#include "server/b2bua/call_record.hpp"
#include "server/b2bua/call_view.hpp"
#include "server/b2bua/departing_legs.hpp"
#include "server/b2bua/event.hpp"
#include "server/b2bua/ladder_view.hpp"
#include "server/b2bua/leg.hpp"
#include "server/b2bua/leg_order.hpp"
#include "server/b2bua/music_server.hpp"
#include "server/b2bua/negotiation.hpp"
#include "server/b2bua/relayed.hpp"
#include "server/b2bua/request_checks.hpp"
#include "server/b2bua/services.hpp"
#include "server/b2bua/snapshot.hpp"
#include "server/b2bua/streams.hpp"
#include "sip/message/refer_to.hpp"
#include "sip/transaction/layer.hpp"

namespace server {

class Call {
public:
    enum class State : std::uint8_t { routing, ringing, up, ending };
    enum class App : std::uint8_t { none, music, echo, milliwatt };

    Call(CallKey key, std::shared_ptr<const Snapshot> snapshot, const Services& services);
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    // The INVITE that begins it; checked already (request_checks), and known whose it is.
    void start(Turn& turn, sip::TransactionId transaction, sip::Message invite, const sip::Flow& flow, Party caller);
    // Begun by the operator instead (call_originated).
    struct Origination;
    void originate(Turn& turn, Origination origination);
    bool awaits_first_answer() const;
    void on_resolved(Turn& turn, std::uint64_t id, std::optional<base::IpAddress> address);

    // An INVITE whose Replaces names the dialog of that leg (RFC 3891 §3): why its sender may not take the place of
    // the leg's peer; nullopt: it may, and replace() has it do so. `party`: nobody where it came from this server.
    std::optional<RequestFault> judge_replaces(media::Side side, const sip::Replaces& replaces) const;
    void replace(Turn& turn, media::Side side, sip::TransactionId transaction, const sip::Message& invite,
                 const sip::Flow& flow, Party party);

    // What the core found to be this call's.
    void on_request(Turn& turn, media::Side side, sip::TransactionId transaction, const sip::Message& request,
                    const sip::Flow& flow);
    void on_ack(Turn& turn, media::Side side, const sip::TransactionEvent& event);
    bool on_refusal_over(Turn& turn, sip::TransactionId invite);  // its ACK came, or never will; false: not ours
    void on_cancel(Turn& turn, media::Side side, sip::TransactionId invite);
    void on_response(Turn& turn, media::Side side, sip::TransactionId transaction, const sip::Message& response);
    void on_failure(Turn& turn, media::Side side, sip::TransactionId transaction, bool timed_out);  // no final came
    // A 2xx to the INVITE that began leg B, later than its transaction. True: of another fork, and ended here.
    bool on_late_answer(Turn& turn, const sip::Message& response);
    void on_timeout(Turn& turn);
    void on_media_event(Turn& turn, const media::EngineEvent& event);
    void hang_up(Turn& turn, std::string_view reason);
    OrderResult take_order(Turn& turn, const LegOrder& order);
    void follow(std::string_view user, std::uint64_t lost, const sip::Flow& flow);  // that a device of it has now
    // For its record: what is handed to it, and what was sent in its name.
    void note_received(const Turn& turn, media::Side side, const sip::Message& message);
    void note_sent(const Turn& turn, media::Side side, const sip::Message& message);

    CallKey key() const { return key_; }
    State state() const { return state_; }
    bool finished() const;
    base::Instant next_timeout() const;
    const std::string& id() const { return id_; }
    CallView view() const;
    // call_brief.cpp: how a list shows it, as of the last renewal.
    const std::shared_ptr<const CallBrief>& brief() const { return brief_; }
    bool renew_brief();
    CallEnd end_of() const;
    LadderView ladder() const;
    std::vector<std::string> take_dialogs() { return record_.take_dialogs(); }
    void clock_holds(base::Instant now);  // call_detail.cpp: after each turn
    // Is this request or ACK of a dialog of that leg? Of several early ones perhaps.
    bool has_dialog(media::Side side, const sip::Message& message) const;
    const Leg* leg(media::Side side) const;
    bool uses(const Listener& listener) const;  // with any leg, one that rings in vain or is about to go, too
    void measure(base::Instant now);            // call_quality.cpp: how its media fares, each second
    const CallQuality& quality() const { return quality_; }
    bool has_media() const { return static_cast<bool>(session_); }
    std::vector<media::SessionId> media_sessions() const;
    bool sent_invite_to(std::string_view request_uri) const;  // by leg B: it comes back to us from the same place

private:
    struct Setup;
    struct Transfer;
    class Devices;
    struct ReferFault;
    enum class Timer : std::uint8_t { no_answer, guard, transfer };

    void refuse_request(Turn& turn, Leg& leg, sip::TransactionId transaction, const sip::Message& request, int status,
                        std::string_view retry_after = {});

    // call_timers.cpp
    void serve_sent_answer(Turn& turn, Leg& leg);
    void on_timer(Turn& turn, Timer timer);

    // call_setup.cpp
    bool take_offer(Turn& turn, const sip::Message& invite);
    bool find_route(Turn& turn, const sip::Message& invite);
    void answer_app(Turn& turn);
    void on_setup_response(Turn& turn, const sip::Message& response);
    void on_setup_answer(Turn& turn, const sip::Message& response);
    void on_useless_answer(Turn& turn);
    bool take_session_of_b(Turn& turn, const sip::Message& response);
    bool take_answer_of_b(const sip::Message& response);
    bool take_offer_of_b(const sip::Message& response);
    std::string answer_to_b(Turn& turn);
    void on_setup_failure(Turn& turn, int status, const sip::Message* response);
    void fail_setup(Turn& turn, int status, std::string_view warning, const sip::Message* from_b = nullptr,
                    int warning_code = 399);
    void on_setup_ack(Turn& turn, const sip::Message& ack);
    void confirm_setup(Turn& turn);
    const std::string& session_for_a(Turn& turn);
    void answer_a(Turn& turn, const sip::Message& from_b);
    void count_outcome(std::string_view outcome);

    // call_originated.cpp
    void on_first_answered(Turn& turn);
    base::Duration ring_time() const;

    // call_attempts.cpp
    void next_attempt(Turn& turn);
    void drop_attempt(Turn& turn);
    void launch(Turn& turn, const std::optional<sip::Flow>& flow);
    void make_leg_b(Turn& turn, const sip::Flow& flow);
    void invite_b(Turn& turn);
    sip::Message make_invite(const Attempt& attempt);
    std::string offer_to_b(Turn& turn);
    bool invite_again(Turn& turn, const sip::Message& response);

    // call_provisional.cpp
    void note_reliability(const sip::Message& invite);
    void show_to_a(Turn& turn, const sip::Message& from_b);
    std::string early_session(Turn& turn);
    void push_reliable(Turn& turn, sip::Message provisional);
    void send_reliable(Turn& turn);
    void on_prack(Turn& turn, Leg& leg, sip::TransactionId transaction, const sip::Message& request);
    void take_prack(Turn& turn, Leg& leg, sip::TransactionId transaction, const sip::Message& request);
    void take_answer_of_prack(Turn& turn, Leg& leg, sip::TransactionId transaction, const sip::Message& request);
    void on_reliable_timeout(Turn& turn);

    // call_early_dialogs.cpp
    void on_setup_provisional(Turn& turn, const sip::Message& response);
    bool take_provisional(Turn& turn, const sip::Message& response, bool reliable);
    bool take_early_answer(const sip::Message& response, bool reliable);
    bool take_early_offer(Turn& turn, const sip::Message& response);
    void answer_owed_pracks(Turn& turn);
    void decline_owed_pracks(Turn& turn);
    void serve_owed_pracks(const std::function<void()>& send);
    void in_early_dialog(std::string_view tag, const std::function<void()>& serve);
    void on_prack_response(Turn& turn, sip::TransactionId transaction, const sip::Message& response);

    // call_forks.cpp
    void on_fork(Turn& turn, Leg& leg, const sip::Message& response);
    void shut_out(Turn& turn, Leg& leg, const Fork* early, const sip::Message& response);

    // call_renegotiation.cpp
    void on_reinvite(Turn& turn, Leg& leg, sip::TransactionId transaction, const sip::Message& request);
    void on_update(Turn& turn, Leg& leg, sip::TransactionId transaction, const sip::Message& request);
    void on_change(Turn& turn, Leg& leg, sip::TransactionId transaction, const sip::Message& request);
    void give_way(Turn& turn, const Leg& leg);
    Negotiation::Admission admit(const Leg& leg, sip::Method method, bool offers) const;
    bool is_settled(const Leg& leg) const;
    void take_as_acknowledged(Turn& turn, Leg& leg);
    std::optional<Negotiation::Request> read_change(Turn& turn, Leg& leg, const sip::Message& request);
    Negotiation::Request read_offerless(Turn& turn, Leg& leg);
    std::optional<Negotiation::Request> read_offer(Turn& turn, Leg& leg, sip::sdp::Session offer);
    Negotiation::Request meaning_for_far(Leg& leg, const OfferNews& news);
    std::nullopt_t refuse_offer(Turn& turn, Leg& leg, const sip::sdp::Refusal& refusal, const Field& field = {});
    void on_reinvite_ack(Turn& turn, Leg& leg, const sip::Message& ack);
    Negotiation::Ack take_answer_of_ack(Turn& turn, Leg& leg, const sip::Message& ack, std::string& reason);

    // call_renegotiation_far.cpp
    void on_reinvite_response(Turn& turn, Leg& far, const sip::Message& response);
    void on_update_response(Turn& turn, Leg& far, const sip::Message& response);
    void on_far_final(Turn& turn, Leg& far, const sip::Message& response, Negotiation::Final final);
    bool reinvite_again(Turn& turn, Leg& far, const sip::Message& response);
    bool update_again(Turn& turn, Leg& far, const sip::Message& response);
    bool is_to_go_again(Turn& turn, Leg& far, const sip::Message& response);
    Negotiation::Final read_far_final(Leg& far, const sip::Message& response, bool offerless);
    Negotiation::Final read_far_answer(Leg& far, sip::sdp::Session answer);
    Negotiation::Final read_far_offer(Leg& far, sip::sdp::Session offer);
    Negotiation::Final count_unusable(const Leg& far, const sip::sdp::Refusal& why);
    base::Duration wait_for(const Leg& far, const sip::Message& response);
    void remember_refusal(Leg& far, int status);

    // call_renegotiation_actions.cpp
    void run(Turn& turn, Negotiation::Actions actions,
             std::string_view reason = "SIP;cause=488;text=\"renegotiation failed\"");
    void run_one(Turn& turn, const Negotiation::Action& action, std::string_view reason);
    void answer_near(Turn& turn, Leg& leg);
    bool is_answered_alike(const Leg& leg, Direction direction) const;
    void offer_near(Turn& turn, Leg& leg);
    void refuse_near(Turn& turn, Leg& leg);
    void relay_offer(Turn& turn, Leg& to);
    void tell(Turn& turn, Leg& leg);
    void commit_answer(Turn& turn, Leg& far);
    void pass_offer(Turn& turn, Leg& far);
    void commit_own(Turn& turn, Leg& leg);
    void acknowledge_far(Turn& turn, Leg& far);
    void acknowledge_here(Turn& turn, Leg& far);
    void acknowledge_late(Turn& turn, Leg& leg);
    void note_answered_here(Turn& turn, Leg& leg, bool offered);
    void count_renegotiation(Turn& turn, const Leg& leg, std::string_view outcome);
    void count_turned_away(const Leg& leg, const sip::Message& request, std::string_view outcome);
    void count_given_up(Turn& turn, const Leg& leg);

    // call_descriptions.cpp
    void take_wish_of_offer(Leg& leg);
    void take_wish_of_answer(Leg& leg);
    void learn_wish(Leg& leg, Direction wish);
    bool differs(const Leg& leg) const;
    Direction direction_for(const Leg& leg) const;
    Direction shown_wish(const Leg& to, Direction wish) const;
    std::string answer_for(Turn& turn, Leg& leg, Direction direction, const Formats& preferred);
    std::string offer_for(Turn& turn, Leg& leg, Direction direction, const Formats& preferred);

    // call_streams.cpp
    void take_streams(Leg& leg);
    StreamNews news_of_streams(const Leg& leg) const;
    StreamNews news_of_stream(const Stream& stream, const Leg& leg, const Leg& far) const;
    void take_stream_wishes_of_offer(Leg& leg);
    void take_stream_wishes_of_answer(Leg& leg);
    std::optional<Direction> wanted_direction(const Stream& stream, const Leg& leg) const;
    std::optional<Direction> shared_direction(const Stream& stream, const Leg& leg) const;
    std::optional<Direction> answered_direction(const Stream& stream, const Leg& leg) const;
    bool streams_differ(const Leg& leg) const;
    bool streams_answered_alike(const Leg& leg) const;
    PlacedLines stream_answers(Turn& turn, Leg& leg);
    void add_stream_answers(Turn& turn, Leg& leg, Stream& stream, Direction direction, PlacedLines& lines);
    std::optional<sip::sdp::Media> stream_answer(Turn& turn, Leg& leg, Stream& stream, std::size_t index,
                                                 Direction direction);
    bool may_be_taken(const Stream& stream, const Leg& by_peer_of) const;
    PlacedLines stream_offers(Turn& turn, Leg& leg);
    bool turns_stream_on(const Leg& leg) const;
    bool is_offered_on(const Stream& stream, const Leg& to, bool relayed) const;
    void add_stream_offers(Turn& turn, Leg& to, Stream& stream, const sip::sdp::Session& theirs, bool relayed,
                           PlacedLines& lines);

    // call_stream_media.cpp
    bool open_stream(Turn& turn, Stream& stream, const Leg& leg);
    void apply_streams(Turn& turn);
    void apply_stream(Turn& turn, Stream& stream, const Leg& leg);
    bool is_idle(const Stream& stream) const;
    void close_stream(Turn& turn, Stream& stream);
    void drop_streams_of(Turn& turn, media::Side side);
    void add_streams(const Leg& leg, LegView& view) const;

    // call_session_timer.cpp
    void refuse_interval(Turn& turn, Leg& leg, sip::TransactionId transaction, const sip::Message& request,
                         const sip::SessionTimerReply& reply);
    void serve_session_timer(Turn& turn, Leg& leg);
    void refresh_session(Turn& turn, Leg& leg);
    void on_refresh_response(Turn& turn, Leg& leg, const sip::Message& response);
    bool note_session_timer(Turn& turn, Leg& leg, const sip::Message& response);
    void refresh_failed(Turn& turn, Leg& leg);

    // call_teardown.cpp
    void abandon_b(Turn& turn, std::string_view reason);
    void on_bye(Turn& turn, Leg& leg, sip::TransactionId transaction, const sip::Message& request);
    void close_requests(Turn& turn, Leg& leg);
    void on_bye_answered(Turn& turn, Leg& leg, const sip::Message& response);
    void end(Turn& turn, std::string_view reason);
    void give_up_setup(Turn& turn, int status, std::string_view reason, std::string_view warning);
    void end_leg(Turn& turn, Leg& leg, std::string_view reason);
    void leg_over(Leg& leg);
    void enter_ending(Turn& turn);
    void drop_what_is_left();

    // call_music_server.cpp
    bool wants_music_server(const Leg& leg) const;
    void apply_music_server(Turn& turn, Leg& leg);
    void after_music_server(Turn& turn, media::Side held);
    bool holds_by_music_server(const Leg& far) const;
    bool is_held(const Leg& leg) const;
    void drop_source_of(const Leg& leg);
    void ask_source(Turn& turn, Leg& far);
    void acknowledge_source(Turn& turn, Leg& far);
    void call_music_server(Turn& turn, Leg& held, const Formats& preferred);
    void leave_music_servers(Turn& turn);
    bool music_servers_over() const;
    std::unique_ptr<MusicServer>& music_server(media::Side held);
    // Whose leg `side` is; null for a and b, and where there is none (any more).
    MusicServer* music_server_of(media::Side side);

    // call_transfer.cpp
    void on_refer(Turn& turn, Leg& leg, sip::TransactionId transaction, const sip::Message& request);
    void refuse_refer(Turn& turn, Leg& leg, sip::TransactionId transaction, const sip::Message& request,
                      const ReferFault& fault);
    std::unique_ptr<Transfer> make_transfer(Turn& turn, const Leg& leg, const sip::ReferTo& refer,
                                            const sip::Message& request);
    void accept_refer(Turn& turn, Leg& leg, sip::TransactionId transaction, const sip::Message& request);
    void notify_transferor(Turn& turn, int status, std::string_view reason = {});
    void send_notice(Turn& turn);
    void on_notify_final(Turn& turn, Leg& leg, const sip::Message* response);
    void conclude_notices(Turn& turn, int status, std::string_view reason);
    bool transferor_leaves(Turn& turn, Leg& leg, sip::TransactionId transaction, const sip::Message& bye);

    // call_transfer_target.cpp
    void next_transfer_attempt(Turn& turn);
    void on_target_resolved(Turn& turn, std::uint64_t id, std::optional<base::IpAddress> address);
    void call_target(Turn& turn, const std::optional<sip::Flow>& way);
    void make_beside(Turn& turn, const sip::Flow& flow, OwnAddress own, Party party);
    bool open_beside(Turn& turn);
    void invite_target(Turn& turn);
    void stand_ready(Turn& turn);
    sip::Message make_transfer_invite();
    void send_transfer_invite(Turn& turn, sip::Message invite);
    void on_target_response(Turn& turn, const sip::Message& response);
    void on_target_failure(Turn& turn, int status, const sip::Message* response, const std::string& outcome);
    void on_target_answer(Turn& turn, const sip::Message& response);
    void on_target_request(Turn& turn, sip::TransactionId transaction, const sip::Message& request);
    bool complete_transfer(Turn& turn);
    void fail_transfer(Turn& turn, int status, std::string_view why);
    void give_up_target(Turn& turn);
    void drop_target(Turn& turn);
    void after_given_up(Turn& turn);
    void end_transfer();
    bool transfer_over() const;
    bool is_target(media::Side side) const;

    // call_replaced.cpp
    void refuse_replacement(Turn& turn, int status, std::string_view why);
    std::string session_beside(Leg& leg);
    void on_target_ack(Turn& turn, const sip::Message& ack);

    // call_relay.cpp
    void relay_request(Turn& turn, Leg& near, sip::TransactionId transaction, const sip::Message& request);
    void relay_notice(Turn& turn, Leg& near, sip::TransactionId transaction, const sip::Message& request);
    void pass_on(Turn& turn, Relayed relayed, Leg& far);
    void note_refer(const Leg& near, const Leg& far, const sip::Message& request);
    std::string event_for(const Leg& referrer, std::string_view event) const;
    bool relay_response(Turn& turn, sip::TransactionId transaction, const sip::Message* response, int status);

    // call_detail.cpp
    void note_codecs();
    void give_detail(Turn& turn);

    // call_brief.cpp
    CallBrief make_brief() const;
    bool hears_music(media::Side side) const;

    // call_dtmf.cpp
    void pass_digit(Turn& turn, const Leg& from, const media::Digit& digit);
    bool take_digit(Turn& turn, Leg& near, sip::TransactionId transaction, const sip::Message& request);

    // call_media.cpp
    void on_transport_event(Turn& turn, const media::EngineEvent& event);
    void open_session(Turn& turn);
    bool open_media(Turn& turn, Leg& leg);
    void apply_media(Turn& turn);
    void apply_leg(Turn& turn, Leg& leg);
    void play(Turn& turn, Leg& leg, media::Source source);
    media::Source source_of(const Leg& leg) const;
    void note_heard(const Turn& turn, Leg& leg);
    bool is_held_here() const;
    bool music_may_play_to(const Leg& leg) const;
    Direction heard_wish(const Leg& peer) const;
    void fill_silence_before(Turn& turn, const Leg& holder);
    void arm_media_timeouts(Turn& turn);
    bool dialogs_confirmed() const;

    // What was decided, for its record: a sentence for operators (words.hpp).
    void explain(const Turn& turn, std::string_view words) { record_.note_decision(turn.now, words); }
    Leg* other(const Leg& leg) { return leg.side == media::Side::a ? b_.get() : a_.get(); }
    const Leg* other(const Leg& leg) const { return leg.side == media::Side::a ? b_.get() : a_.get(); }
    Leg& near() { return negotiation_.near() == media::Side::a ? *a_ : *b_; }
    const config::Config& config() const { return snapshot_->config; }
    void log(Turn& turn, config::LogLevel level, std::string_view event,
             std::vector<std::pair<std::string, std::string>> fields = {}) const;

    CallKey key_;
    std::string id_;
    std::shared_ptr<const Snapshot> snapshot_;
    Services services_;
    State state_ = State::routing;
    App app_ = App::none;
    CallRecord record_;
    std::unique_ptr<Leg> a_;
    std::unique_ptr<Leg> b_;
    std::array<std::unique_ptr<MusicServer>, 2> music_servers_;  // of leg a, of leg b
    std::unique_ptr<Transfer> transfer_;                         // while one is under way
    std::unique_ptr<Setup> setup_;                               // until the call is up
    std::unique_ptr<Origination> origination_;                   // of a call that the operator asked for
    Negotiation negotiation_;
    std::unique_ptr<Devices> devices_;  // that ring beside the one in the seat of leg B, or of a target
    DepartingLegs departing_;
    media::SessionId session_;
    CallQuality quality_;
    Streams streams_;  // beside the audio
    base::TimerSet<Timer, 3> timers_;

    std::optional<sip::Message> far_final_;          // while the machine decides what it means
    std::optional<sip::sdp::Refusal> fault_of_far_;  // of the description in it
    boost::container::small_vector<Relayed, 1> relayed_;
    boost::container::small_vector<RelayedRefer, 0> relayed_refers_;

    std::string from_, to_, route_, ended_by_;
    base::Instant started_{};
    std::optional<base::Instant> answered_;
    std::optional<base::Instant> ended_;
    std::uint64_t renegotiations_ = 0;
    CallMeter meter_;
    std::shared_ptr<const CallBrief> brief_;
    bool referred_ = false;  // a REFER was accepted before
};

std::string_view to_text(Call::State state);

}  // namespace server
