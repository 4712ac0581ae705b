#include "sip/transaction/key.hpp"

#include "base/text.hpp"
#include "sip/message/name_addr.hpp"

namespace sip {
namespace {

enum class Kind : std::uint8_t { server, server_2543, client, merged, tag };

std::string_view field(const Message& message, HeaderId id) { return message.first(id).value_or(std::string_view{}); }

std::string_view cseq_number(const Message& message) {
    const auto cseq = field(message, HeaderId::cseq);
    return cseq.substr(0, cseq.find_first_of(" \t"));
}

void add_lower(KeyHash& hash, std::string_view text) {
    hash.add_number(text.size());
    for (char c : text) {
        c = base::to_lower(c);
        hash.add({&c, 1});
    }
}

}  // namespace

KeyDigest KeyMaker::of_request(const Message& request, const TopVia& via, std::string_view method,
                               std::string_view to_tag) const {
    KeyHash hash{secret_};
    if (via.has_unique_branch()) {
        hash.add_number(static_cast<std::uint64_t>(Kind::server)).add_part(via.branch).add_number(via.port);
        add_lower(hash, via.host);
        return hash.add_part(method).finish();
    }
    hash.add_number(static_cast<std::uint64_t>(Kind::server_2543)).add_part(request.request_uri());
    hash.add_part(to_tag).add_part(tag_of(field(request, HeaderId::from)));
    hash.add_part(field(request, HeaderId::call_id)).add_part(cseq_number(request)).add_part(via.value);
    return hash.add_part(method).finish();
}

// §18.1.2: a response whose sent-by is not ours is none of ours, so sent-by is part of the key.
KeyDigest KeyMaker::of_client(const TopVia& via, std::string_view method) const {
    KeyHash hash{secret_};
    hash.add_number(static_cast<std::uint64_t>(Kind::client)).add_part(via.branch).add_number(via.port);
    add_lower(hash, via.host);
    return hash.add_part(method).finish();
}

KeyDigest KeyMaker::of_merged(const Message& request) const {
    KeyHash hash{secret_};
    hash.add_number(static_cast<std::uint64_t>(Kind::merged)).add_part(tag_of(field(request, HeaderId::from)));
    hash.add_part(field(request, HeaderId::call_id)).add_part(field(request, HeaderId::cseq));
    return hash.finish();
}

std::string KeyMaker::stateless_tag(const Message& request) const {
    KeyHash hash{secret_};
    hash.add_number(static_cast<std::uint64_t>(Kind::tag)).add_part(field(request, HeaderId::via));
    hash.add_part(field(request, HeaderId::from)).add_part(field(request, HeaderId::call_id));
    std::uint64_t bits = hash.add_part(field(request, HeaderId::cseq)).finish().low;
    std::string tag(12, '0');
    for (char& character : tag) {
        character = "0123456789abcdefghijkmnpqrstuvwx"[bits & 31U];
        bits >>= 5;
    }
    return tag;
}

}  // namespace sip
