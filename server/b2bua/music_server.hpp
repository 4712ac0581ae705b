// The dialog with a music server, one for each leg that is held while `hold.music` names one: RFC 7088 §2.2, §2.6–§2.8.
// It is offered to be heard and nothing else; what it sends reaches the held leg through the call's media session.
// Whatever goes wrong with it, the built-in tune plays on, and the held leg never learns.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "server/b2bua/leg.hpp"
#include "server/b2bua/services.hpp"
#include "server/b2bua/snapshot.hpp"
#include "sip/message/uri.hpp"

namespace server {

class MusicServer {
public:
    enum class State : std::uint8_t {
        resolving,  // its host's name
        calling,    // our INVITE has no final response
        playing,
        leaving,  // cancelled, but its final response is to come
        gone      // nothing more is to come: it may be destroyed
    };

    // `held`: the leg that is to hear it. The session outlives it.
    MusicServer(media::Side held, media::SessionId session, CallKey call, const Snapshot& snapshot,
                const Services& services, CallRecord& record);
    ~MusicServer();
    MusicServer(const MusicServer&) = delete;
    MusicServer& operator=(const MusicServer&) = delete;

    // `preferred`: what the held leg speaks now, so that nothing needs transcoding.
    void start(Turn& turn, const std::string& uri, const Formats& preferred);
    void leave(Turn& turn, std::string_view reason);

    void on_resolved(Turn& turn, std::uint64_t id, std::optional<base::IpAddress> address);
    void on_request(Turn& turn, sip::TransactionId transaction, const sip::Message& request);
    void on_ack(Turn& turn, const sip::Message& ack);
    void on_response(Turn& turn, sip::TransactionId transaction, const sip::Message& response);
    void on_failure(Turn& turn, sip::TransactionId transaction, bool timed_out);
    void on_timeout(Turn& turn);
    base::Instant next_timeout() const;

    State state() const { return state_; }
    bool is_being_called() const { return state_ == State::resolving || state_ == State::calling; }
    const Leg* leg() const { return leg_.get(); }
    // Why it is gone, in a few words; empty: it was not wanted any more.
    const std::string& failure() const { return failure_; }

private:
    void call(Turn& turn, const base::Endpoint& remote);
    sip::Message make_invite();
    void on_answer(Turn& turn, const sip::Message& response);
    bool is_fork(const sip::Message& response) const;
    void on_final_of_reinvite(Turn& turn, const sip::Message& response);
    void on_change(Turn& turn, sip::TransactionId transaction, const sip::Message& request);
    void answer_change(Turn& turn, const sip::Message& request);
    void refuse(Turn& turn, sip::TransactionId transaction, const sip::Message& request, int status);
    void serve_timer(Turn& turn);
    void describe(Turn& turn);
    void fail(Turn& turn, std::string why);
    const std::vector<std::string>& codecs() const { return snapshot_.config.media.audio_codecs; }

    media::Side side_;
    media::SessionId session_;
    CallKey call_;
    const Snapshot& snapshot_;
    Services services_;
    CallRecord& record_;
    std::unique_ptr<Leg> leg_;
    sip::Uri uri_;
    Formats preferred_;
    std::uint64_t resolving_ = 0;
    State state_ = State::resolving;
    std::string failure_;
};

}  // namespace server
