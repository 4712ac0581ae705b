// All calls of a shard and the ways to find one: by its key, its id, a dialog's Call-ID and our tag, a transaction, a
// media session. Entries of a call go when it does.
#pragma once

#include <boost/container/small_vector.hpp>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/deadline_queue.hpp"
#include "server/b2bua/call.hpp"
#include "server/b2bua/services.hpp"

namespace server {

class CallTable final : public CallIndex {
public:
    struct Place {
        CallKey call;
        media::Side side;
    };

    CallKey next_key() { return CallKey{++last_key_}; }
    Call& add(std::unique_ptr<Call> call);
    void remove(CallKey key);
    Call* find(CallKey key) const;
    Call* find_id(std::string_view id) const;
    std::optional<Place> of_dialog(std::string_view call_id, std::string_view local_tag) const;
    std::optional<Place> of_transaction(sip::TransactionId transaction) const;
    std::optional<CallKey> of_session(media::SessionId session) const;
    std::optional<CallKey> of_resolution(std::uint64_t id);
    struct KeptAcks {
        bool offerless = false;  // the INVITE: a 2xx to it may bring an offer
        boost::container::small_vector<KeptAck, 1> of;
        const KeptAck* find(std::string_view tag) const;
    };
    const KeptAcks* kept_acks(sip::TransactionId invite) const;
    // Forgets the ACKs of INVITEs that the layer has forgotten.
    void drop_acks(const sip::TransactionLayer& layer);
    std::size_t size() const { return calls_.size(); }
    std::size_t dialogs() const { return dialogs_.size(); }
    std::size_t index_entries() const {
        return ids_.size() + transactions_.size() + sessions_.size() + resolutions_.size() + acks_.size() +
               acks_by_age_.size();
    }
    const std::unordered_map<CallKey, std::unique_ptr<Call>>& all() const { return calls_; }

    void watch(sip::TransactionId transaction, CallKey call, media::Side side) override;
    void forget(sip::TransactionId transaction) override;
    void add_dialog(std::string_view call_id, std::string_view local_tag, CallKey call, media::Side side) override;
    void remove_dialog(std::string_view call_id, std::string_view local_tag) override;
    void watch(media::SessionId session, CallKey call) override;
    void forget(media::SessionId session) override;
    void keep_ack(sip::TransactionId invite, bool offerless, KeptAck ack) override;
    std::uint64_t resolve(CallKey call, std::string_view host, CoreOutput& out) override;

    base::DeadlineQueue<CallKey> deadlines;

private:
    std::uint64_t last_key_ = 0;
    std::uint64_t last_resolution_ = 0;
    std::unordered_map<std::string, CallKey> ids_;
    std::unordered_map<std::string, Place> dialogs_;
    std::unordered_map<sip::TransactionId, Place> transactions_;
    std::unordered_map<media::SessionId, CallKey> sessions_;
    std::unordered_map<std::uint64_t, CallKey> resolutions_;
    std::unordered_map<sip::TransactionId, KeptAcks> acks_;
    std::deque<sip::TransactionId> acks_by_age_;
    std::unordered_map<CallKey, std::unique_ptr<Call>> calls_;  // last: a call that goes takes itself out of the others
};

}  // namespace server
