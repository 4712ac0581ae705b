// The transactions of one side: by id, and by the key that messages find them with.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "sip/transaction/key_hash.hpp"
#include "sip/transport.hpp"

namespace sip {

// `Record` has a member `key`. Pointers to records stay good until their erase().
template <class Record>
class TransactionTable {
public:
    Record& insert(TransactionId id, Record record) {
        by_key_[record.key] = id.value;
        return *(by_id_[id.value] = std::make_unique<Record>(std::move(record)));
    }
    Record* find(TransactionId id) const {
        const auto found = by_id_.find(id.value);
        return found == by_id_.end() ? nullptr : found->second.get();
    }
    TransactionId id_of(const KeyDigest& key) const {
        const auto found = by_key_.find(key);
        return found == by_key_.end() ? TransactionId{} : TransactionId{found->second};
    }
    void erase(TransactionId id) {
        const auto found = by_id_.find(id.value);
        if (found == by_id_.end()) { return; }
        by_key_.erase(found->second->key);
        by_id_.erase(found);
    }
    std::size_t size() const { return by_id_.size(); }

private:
    boost::unordered_flat_map<std::uint64_t, std::unique_ptr<Record>> by_id_;
    boost::unordered_flat_map<KeyDigest, std::uint64_t, std::hash<KeyDigest>> by_key_;
};

}  // namespace sip
