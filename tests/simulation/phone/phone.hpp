// A telephone for tests: one call, one dialog (several early ones). Parses with the product's message parser, but has
// transactions, dialog and offer/answer of its own, written separately (RFC 3261 §13–§17, RFC 3262, 3264, 3311, 3515,
// 4028, a chapter a file), so that the server's errors and its own do not cancel out. Judges all that reaches it; keeps
// its own belief of what was agreed; speaks a tone and listens.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "media/dtls/leg_association.hpp"
#include "media/relay/protection.hpp"
#include "media/stream/deframer.hpp"
#include "sip/message/parser.hpp"
#include "tests/simulation/phone/belief.hpp"
#include "tests/simulation/phone/hearing.hpp"
#include "tests/simulation/phone/script.hpp"
#include "tests/simulation/phone/viewer.hpp"
#include "tests/simulation/world/ground.hpp"
#include "tests/support/browser_transport.hpp"

namespace simulation {

class Phone {
public:
    enum class State : std::uint8_t { idle, calling, ringing, up, over };

    Phone(Ground ground, Identity identity, base::Endpoint server);
    ~Phone();
    Phone(const Phone&) = delete;
    Phone& operator=(const Phone&) = delete;

    // What it does. Each request returns its CSeq number.
    std::uint32_t invite(const std::string& user, const Sdp& offer = {}, const std::string& headers = {});
    std::uint32_t reinvite(const Sdp& offer = {}, const std::string& headers = {});
    std::uint32_t update(const Sdp& offer = {}, const std::string& headers = {});       // RFC 3311
    std::uint32_t refer(const std::string& refer_to, const std::string& headers = {});  // RFC 3515
    void cancel();                                                                      // the latest INVITE
    std::uint32_t bye();
    // Tells the server's registrar where it is (RFC 3261 §10.2), the challenge answered; 0: that it is there no more.
    void register_here(std::chrono::seconds expires = std::chrono::seconds{600});
    std::uint32_t request(const std::string& method, const std::string& headers = {}, const std::string& type = {},
                          const std::string& body = {});
    void turn_down();                        // 480, if it rings
    void resend(const std::string& method);  // the latest request of it, as it was
    void resend_final();                     // our latest final response to an INVITE
    void send_raw(const std::string& text) { send(text, target_endpoint_); }
    void move_to(const base::Endpoint& rtp);  // speaks and listens there from the next description on
    void press(int key);                      // as telephone events (RFC 4733), 100 ms long
    void use(std::vector<Law> laws) { identity_.laws = std::move(laws); }  // from the next description on
    void use_only(Law law) { use({law}); }

    // What it does when asked.
    Script on_invite = rings_then_answers();
    Script on_reinvite = answers(20ms);
    std::deque<Script> next_reinvites;  // each serves one re-INVITE, before on_reinvite
    Script on_update = answers(Duration{});
    std::deque<Script> next_updates;
    Script on_prack = answers(Duration{});
    Script on_refer = {reply(Duration{}, 202)};
    std::deque<Reply> next_others;   // to INFO, MESSAGE and OPTIONS, at once; then 200
    std::deque<Reply> next_notices;  // to NOTIFY
    std::vector<Notice> notices;     // after a 2xx to REFER
    AckPolicy ack;
    SessionTimer timer;
    Direction wish = Direction::sendrecv;  // automatic descriptions say so, as far as the other side allows
    bool answers_cancel = true;            // 487 follows; else the INVITE's script goes on
    int cancel_status = 487;               // what the INVITE gets, 0: nothing
    bool answers_bye = true;
    std::string bye_challenge;   // the first BYE is answered 401 with this header field
    bool retries_glare = true;   // 491 by RFC 3261 §14.1
    std::string password;        // of the user that it is: answers challenges of the server
    std::string other_contact;   // written as its Contact instead of where it is
    std::string uri_parameters;  // of whom it calls
    bool allows_update = false;  // says so in Allow
    bool allows_refer = false;   // and NOTIFY
    bool refuses_notices = false;
    bool supports_100rel = false;
    bool requires_100rel = false;   // of who answers its INVITE
    bool pracks = true;             // false: no PRACK for what came reliably
    Sdp prack_offer = Sdp::none();  // a new offer in the PRACK that follows an answer
    bool takes_forks = false;       // may see several early dialogs of its INVITE, which a B2BUA shows nobody
    bool checks = true;             // false: tests that break rules on purpose
    bool talks = true;              // sends its voice where it may
    Speech voice = Speech::tone;
    bool takes_noise = false;      // describes comfort noise
    bool has_events = true;        // describes telephone events
    bool talks_on_hold = false;    // and where it may not
    bool talks_early = false;      // from its first 18x with SDP on
    bool takes_feedback = false;   // says so of its video (RFC 4585)
    bool takes_estimates = false;  // of a browser's video: goog-remb
    unsigned misses_each = 0;      // of a browser: of the packets of a picture so many-th ones never come
    PhoneSecurity security;
    bool takes_video = false;  // where its answers, and offers without a plan, may have it

    // What became of it.
    State state() const { return state_; }
    bool up() const { return state_ == State::up; }
    bool over() const { return state_ == State::over; }
    bool ever_up() const { return ever_up_; }
    // No INVITE and no offer of either side is open here.
    bool quiet() const;
    bool may_offer() const { return !has_open_offer() && !owes_answer(); }
    bool awaits_update() const;  // the final response to one of its own
    // A response of ours made an offer that no ACK or PRACK has answered yet: no new offer of ours now (RFC 6337 §2.2).
    bool awaits_answer() const;
    const Belief& belief() const { return belief_; }
    const Hearing& heard() const { return hearing_; }
    const Viewer& viewer() const { return viewer_; }
    const Hearing& seen() const { return viewer_.seen(); }  // packets of video: the tone says whose
    bool has_video() const;                                 // both sides have it on
    const std::vector<int>& keys() const { return keys_; }  // heard as telephone events
    const Identity& identity() const { return identity_; }
    // Final status of a request of ours; 0: none yet. The latest of that method without a number.
    int final_of(const std::string& method, std::uint32_t cseq = 0) const;
    std::string final_text(const std::string& method) const;        // the whole response
    std::vector<int> statuses_of(const std::string& method) const;  // provisional and final, retransmissions too
    std::size_t received(const std::string& method) const;          // distinct requests
    std::optional<View> last_offer() const { return last_offer_; }  // received in a request or a 2xx
    std::string last_request(const std::string& method) const;
    std::size_t acks_received() const { return acks_received_; }
    // Statuses that NOTIFYs told of a REFER of ours, in order; of the latest without a number.
    std::vector<int> notified(std::uint32_t cseq = 0) const;
    bool awaits_notice() const;    // a REFER of ours is not over
    std::string replaces() const;  // names this dialog to whoever has its other end, escaped for a Refer-To URI
    std::string last_ack() const;  // made
    std::string last_ack_with_branch_of_invite() const;
    const std::string& received_ack() const { return received_ack_; }  // the last one
    int dialog_count() const { return static_cast<int>(remote_tags_.size()); }
    const std::string& call_id() const { return call_id_; }
    const std::string& local_tag() const { return local_tag_; }
    const std::string& contact_user() const { return contact_user_; }
    const std::vector<Moment>& history() const { return history_; }
    std::string describe() const;
    std::size_t handshakes() const;  // of DTLS that brought keys

    // Of a browser.
    void restart_ice();                    // its next description has new credentials (RFC 8445 §9)
    void roam(const base::Endpoint& rtp);  // its checks and media come from there now; nobody is told
    void lose_network(bool is_lost);       // for its checks and its media
    void close_connection();               // of its media, over TCP; it makes another at once
    void estimate(std::uint32_t bits);     // REMB about what it sees: exponent and mantissa
    const std::set<std::uint8_t>& levels() const { return levels_; }  // heard, as RFC 6464 writes them
    std::uint8_t level() const { return static_cast<std::uint8_t>(0x80 | identity_.tone / 25 % 128); }  // of its voice
    bool has_transport() const;  // its checks are answered, and the keys are there

private:
    struct ClientTransaction;
    struct ServerTransaction;
    struct EarlyHeard;
    struct EarlyTold;
    struct Reliable;
    using Client = std::shared_ptr<ClientTransaction>;
    using Server = std::shared_ptr<ServerTransaction>;

    // phone.cpp
    void on_datagram(const Datagram& datagram);
    void send(const std::string& text, const base::Endpoint& to);
    void complain(std::string_view rule, const std::string& text) const;
    void end();
    void remember();
    std::string token(std::size_t length) { return ground_.random.token(length); }
    std::string via(const std::string& branch) const;
    std::string contact() const;
    std::string abilities() const;
    void take_target(const sip::Message& message);
    std::string dialog_of(const sip::Message& message) const;
    void enter(const std::string& dialog);

    // phone_session.cpp
    std::string write_sdp(const Sdp& plan, const View* offer);
    void note_video(std::string_view sdp);
    enum class Role : std::uint8_t {
        offered,  // of ourselves
        asked,    // offered because we were asked without an offer
        answered
    };
    void commit(Role role, const std::string& local, const std::optional<View>& remote, const std::string& dialog);
    bool is_latest(const Client& client, const std::string& dialog);
    void commit_answer(const Client& client, const std::optional<View>& answer, const std::string& dialog);
    void check_answered_lines(const View& offer, const View& answer) const;
    bool check_answer(const View& offer, const std::optional<View>& answer, const std::string& where) const;
    void take_offer(const Server& server);
    bool has_open_offer() const;  // of ours, unanswered
    bool owes_answer() const;
    std::string session_for(const Server& server, const Reply& reply, bool numbered);
    void take_answer(const Client& client, const sip::Message& response);
    void take_session(const Client& client, const sip::Message& response, std::string& answer);

    // phone_client.cpp
    std::string make_request(const std::string& method, std::uint32_t cseq, const std::string& branch,
                             const std::string& uri, const std::string& headers, const std::string& type,
                             const std::string& body) const;
    Client start_client(const std::string& method, std::uint32_t cseq, const std::string& uri,
                        const std::string& headers, const std::string& type, const std::string& body);
    void retransmit(const Client& client, Duration interval);
    void give_up(const Client& client);
    void on_response(const sip::Message& response, const std::string& text);
    void on_provisional(const Client& client, const sip::Message& response, const std::string& text);
    void take_preview(const Client& client, const sip::Message& response);
    void on_failure(const Client& client, const sip::Message& response);
    void on_refused_change(const Client& client, int status);
    void try_again(const Client& client);
    void on_success(const Client& client, const sip::Message& response);
    void acknowledge_failure(const Client& client, const sip::Message& response);
    void send_cancel(const Client& client);
    std::uint32_t start_invite(const std::string& uri, const Sdp& offer, const std::string& headers, bool is_initial);

    // phone_server.cpp
    void on_request(const sip::Message& request, const std::string& text);
    void on_new_request(const sip::Message& request, const Server& server);
    void on_request_in_dialog(const Server& server);
    void on_bye_request(const Server& server);
    void on_new_invite(const Server& server);
    void on_reinvite_request(const Server& server);
    void on_cancel(const sip::Message& request);
    void on_ack(const sip::Message& request);
    void play(const Server& server, const Script& script);
    void respond(const Server& server, const Reply& reply);
    void respond(const Server& server, int status, const std::string& headers = {});
    void repeat_final(const Server& server, Duration interval);
    void give_up(const Server& server);
    Server find_server(const std::string& branch, const std::string& method) const;
    bool in_dialog(const sip::Message& request) const;
    void accept_dialog(const Server& server, const Reply& reply);

    // phone_provisional.cpp
    void on_reliable(const Client& client, const sip::Message& response, const std::string& text);
    void send_prack(const Client& client, const sip::Message& response, EarlyHeard& early);
    void take_early_answer(const Client& client, const sip::Message& response, EarlyHeard& early);
    std::string answer_early_offer(const sip::Message& response, EarlyHeard& early);
    void on_prack_final(const Client& client, const sip::Message& response);
    bool is_reliable(const Server& server, const Reply& reply) const;
    bool is_blocked(const Server& server, const Reply& reply) const;
    std::string number_reliable(const Server& server, const Reply& reply);
    void keep_reliable(const Server& server, bool has_sdp);
    void repeat_reliable(const Server& server, const std::string& tag, std::size_t index, Duration interval);
    void on_prack_request(const Server& server);
    Reliable* find_reliable(const Server& prack, Server& invite) const;
    void take_prack(const Server& prack, const Server& invite, const Reliable& named);
    void play_waiting(const Server& server);

    // phone_update.cpp
    void on_update_request(const Server& server);
    void on_update_final(const Client& client, const sip::Message& response);

    // phone_timer.cpp
    std::string timer_wish() const;
    std::string timer_grant(const Server& server);
    void take_timer(const Client& client, const sip::Message& response);
    bool refuses_interval(const Server& server);
    bool tries_longer(const Client& client, const sip::Message& response);
    void start_timer(Duration interval, bool is_refresher);
    void stop_timer();
    void refresh(std::uint64_t round);

    // phone_user.cpp
    void send_register(const std::string& credentials);
    bool proves_itself(const Client& client, const sip::Message& response);
    std::string credentials_for(const std::string& method, const std::string& uri, const sip::Message& challenge);
    std::string registration_;  // Call-ID
    std::uint32_t registrations_ = 0;
    std::chrono::seconds registered_for_{};

    // phone_transfer.cpp
    struct Referral {
        std::uint32_t cseq;
        std::vector<int> statuses;
        bool has_final;
        bool is_over;
    };
    void on_refer_final(const Client& client, const sip::Message& response);
    void on_notify_request(const Server& server);
    void judge_notice(const Server& server, Referral& referral);
    void on_refer_request(const Server& server);
    void tell_progress(const Server& server);

    // phone_media.cpp
    void on_rtp(const Datagram& datagram);
    void attach_media();
    // phone_video.cpp
    base::Endpoint video_endpoint() const;
    void on_video(const Datagram& datagram);
    void ask_for_missing();
    void on_video_control(const Datagram& datagram);
    void show();
    // phone_security.cpp
    bool open(std::string& packet);
    std::string seal(std::string packet);
    bool secure();
    // phone_dtls.cpp
    std::string dtls_lines(const View* offer) const;
    media::DtlsParameters agree_dtls(bool has_one);
    void associate();
    void on_handshake(const Datagram& datagram);
    void send_handshake(const media::LegAssociation::Datagrams& datagrams);
    // phone_browser.cpp
    bool is_browser() const { return security.use == PhoneSecurity::Use::browser; }
    void be_browser(Voice& spoken, const View* offer);
    void connect_transport();
    void serve_transport();
    void on_bundled(const Datagram& datagram);
    void on_stream(const Datagram& piece);
    void send_media(Datagram datagram);
    bool is_lost(const Datagram& datagram);
    std::string seal_bundled(std::string packet, bool is_video);
    std::string seal_control(const std::string& compound);
    void send_control(const std::string& compound);
    // phone_extensions.cpp
    ExtensionIds agreed_extensions(bool of_video) const;
    std::string with_extensions(std::string packet, bool is_video) const;
    std::string without_extensions(std::string packet, bool is_video);
    void judge_extensions(std::span<const std::byte> elements, bool is_short, bool is_video);
    std::set<std::uint8_t> levels_;
    std::unique_ptr<media::test::BrowserTransport> transport_;
    media::Deframer deframer_;             // of its connection
    Instant transport_due_ = base::never;  // an event of the clock that serves it
    bool lost_network_ = false;
    unsigned video_packets_ = 0;

    void hear(const Datagram& datagram, const std::string& packet);
    std::unique_ptr<media::LegAssociation> association_;
    media::DtlsParameters agreed_dtls_;
    std::size_t shown_certificate_ = 0;
    std::size_t handshakes_ = 0;
    std::optional<media::Protection> protection_;
    std::optional<media::SrtpKeys> srtp_keys_;
    void tick();
    void speak();
    void send_key(int key, std::uint32_t timestamp, int number);
    void on_key(std::span<const std::byte> packet);
    std::optional<Payload> payload_to_send(Law& law) const;
    std::string frame_of(Law law, std::uint8_t& number);

    Ground ground_;
    Identity identity_;
    base::Endpoint server_;
    base::Endpoint rtp_;         // where it is now
    base::Endpoint agreed_rtp_;  // as its peer knows

    State state_ = State::idle;
    bool ever_up_ = false;
    bool was_hung_up_ = false;  // a BYE has come, answered or not
    Instant bye_settled_at_{};  // the other side knows that it is over
    std::string call_id_;
    std::string local_tag_;
    std::string remote_tag_;
    std::string local_uri_;
    std::string remote_uri_;
    std::string target_;  // URI
    base::Endpoint target_endpoint_;
    std::string contact_user_;
    std::uint32_t local_cseq_ = 0;
    std::uint32_t invite_cseq_ = 0;                      // of theirs, where they opened the call
    std::map<std::string, std::uint32_t> remote_cseqs_;  // by dialog, as in dialog_of
    bool owns_call_id_ = false;
    std::vector<std::string> remote_tags_;  // of dialogs that were confirmed
    std::set<std::string> dialogs_;         // early ones and the confirmed one, as in dialog_of

    std::vector<Client> clients_;
    std::vector<Server> servers_;
    std::map<std::uint32_t, std::string> acks_;  // of 2xx, by CSeq
    std::string received_ack_;
    std::size_t acks_received_ = 0;

    std::uint64_t version_ = 0;
    std::string last_sdp_;  // without version
    std::uint64_t session_id_ = 0;
    bool prack_was_late_ = false;
    Belief belief_;
    std::map<std::string, Belief> beliefs_;                // by dialog
    std::map<std::string, std::uint32_t> answered_cseqs_;  // by dialog: the latest of our offers that has its answer
    std::map<std::uint8_t, Law> my_payloads_;              // every number that we ever described
    std::set<std::uint8_t> my_noises_;
    std::set<std::uint8_t> my_events_;
    std::vector<int> keys_;
    std::uint32_t key_timestamp_ = 0;  // of the last one
    bool pressing_ = false;
    std::optional<View> last_offer_;
    bool offered_last_ = false;   // what was agreed was offered by us
    bool had_no_choice_ = false;  // we last answered an offer that would not send to us
    std::vector<Moment> history_;

    Duration interval_{};  // of the session timer, as agreed; 0: none
    bool is_refresher_ = false;
    std::uint64_t timer_round_ = 0;  // a timer of an older round is void
    Duration raised_min_se_{};       // by a 422
    Duration demanded_min_se_{};     // in a 422 of ours

    std::vector<Referral> referrals_;
    int refers_received_ = 0;

    Hearing hearing_;
    Viewer viewer_;
    std::uint16_t video_sequence_ = 0;
    bool ticking_ = false;
    std::uint16_t sequence_ = 0;
    std::uint32_t timestamp_ = 0;
    std::uint32_t ssrc_ = 0;
    unsigned noise_frames_ = 0;
    std::vector<base::Endpoint> ears_;
};

}  // namespace simulation
