#include "media/srtp/session.hpp"

#include <openssl/crypto.h>
#include <srtp2/srtp.h>

#include <algorithm>

#include "base/bytes.hpp"
#include "media/rtp/rtp_view.hpp"

namespace media {
namespace {

constexpr std::size_t rtcp_start_size = 8;  // header and SSRC: never encrypted
constexpr std::size_t rtcp_index_size = 4;  // behind the body, with the E flag (RFC 3711 §3.4)
constexpr std::size_t sequence_offset = 2;
constexpr std::size_t rtp_ssrc_offset = 8;
constexpr std::size_t rtcp_ssrc_offset = 4;

void describe(SrtpSuite suite, srtp_policy_t& policy) {
    switch (suite) {
        case SrtpSuite::aead_aes_256_gcm:
            srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy.rtp);
            srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy.rtcp);
            return;
        case SrtpSuite::aead_aes_128_gcm:
            srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
            srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
            return;
        case SrtpSuite::aes_256_cm_hmac_sha1_80:
            srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80(&policy.rtp);
            srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80(&policy.rtcp);
            return;
        case SrtpSuite::aes_cm_128_hmac_sha1_80:
            srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp);
            srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
            return;
        case SrtpSuite::aes_cm_128_hmac_sha1_32:
            srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32(&policy.rtp);
            srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
            return;
    }
}

// What the library wants to know of a key; it reads the key only while it is called, and does not write to it.
class Policy {
public:
    Policy(SrtpSession::Direction direction, srtp_ssrc_type_t type, std::uint32_t ssrc, const SrtpKey& key) {
        constexpr unsigned long replay_window = 128;  // RFC 3711 §3.3.2: 64 at least
        const bool is_outbound = direction == SrtpSession::Direction::outbound;
        describe(key.suite(), policy_);
        std::ranges::transform(key.bytes(), bytes_.begin(),
                               [](std::byte byte) { return std::to_integer<unsigned char>(byte); });
        policy_.ssrc.type = type;
        policy_.ssrc.value = ssrc;
        policy_.key = bytes_.data();
        policy_.window_size = is_outbound ? SrtpSession::repeat_window : replay_window;
        policy_.allow_repeat_tx = is_outbound ? 1 : 0;
    }
    Policy(const Policy&) = delete;
    Policy& operator=(const Policy&) = delete;
    ~Policy() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }
    const srtp_policy_t* get() const { return &policy_; }

private:
    std::array<unsigned char, SrtpKey::max_size> bytes_{};
    srtp_policy_t policy_{};
};

srtp_ssrc_type_t any_source(SrtpSession::Direction direction) {
    return direction == SrtpSession::Direction::outbound ? ssrc_any_outbound : ssrc_any_inbound;
}

// Debian's library ciphers by NSS, which unloads its modules with the last context and takes 1 ms to load them again,
// in each handshake where no other call is up: one context is never given back.
bool keep_modules_loaded() {
    static srtp_t context = nullptr;
    base::SystemRandom random;
    const SrtpKey key = SrtpKey::make(SrtpSuite::aead_aes_128_gcm, random);
    const Policy policy{SrtpSession::Direction::outbound, ssrc_any_outbound, 0, key};
    return srtp_create(&context, policy.get()) == srtp_err_status_ok;
}

// The library's tables are one for a process, and set up once.
bool is_library_ready() {
    static const bool ready = srtp_init() == srtp_err_status_ok && keep_modules_loaded();
    return ready;
}

SrtpDrop reason_of(srtp_err_status_t status) {
    switch (status) {
        case srtp_err_status_ok:
            return SrtpDrop::none;
        case srtp_err_status_auth_fail:
        case srtp_err_status_cipher_fail:
            return SrtpDrop::bad_tag;
        case srtp_err_status_replay_fail:
        case srtp_err_status_replay_old:
        case srtp_err_status_pkt_idx_old:
            return SrtpDrop::replayed;
        case srtp_err_status_key_expired:
            return SrtpDrop::exhausted;
        default:
            return SrtpDrop::malformed;
    }
}

bool is_version_2(std::span<const std::byte> packet) { return (packet[0] & std::byte{0xc0}) == std::byte{0x80}; }

bool looks_right(std::span<const std::byte> packet, std::size_t smallest) {
    return packet.size() >= smallest && is_version_2(packet);
}

// RFC 3711 Appendix A: the index nearest to the highest one that has this sequence number.
std::uint64_t nearest_index(std::uint64_t highest, std::uint16_t sequence) {
    constexpr std::uint64_t half = 0x8000;
    constexpr std::uint64_t turn = 0x10000;
    const std::uint64_t same_turn = (highest & ~(turn - 1)) | sequence;
    if (same_turn > highest + half && same_turn >= turn) { return same_turn - turn; }
    if (same_turn + half < highest) { return same_turn + turn; }
    return same_turn;
}

template <class Function>
SrtpDrop run(Function function, srtp_ctx_t_* context, std::span<std::byte> storage, std::size_t& size) {
    int length = static_cast<int>(size);
    const SrtpDrop drop = reason_of(function(context, storage.data(), &length));
    if (drop == SrtpDrop::none) { size = static_cast<std::size_t>(length); }
    return drop;
}

}  // namespace

void SrtpSession::Release::operator()(srtp_ctx_t_* context) const noexcept { srtp_dealloc(context); }

SrtpSession::SrtpSession(Direction direction, SrtpKey key, srtp_ctx_t_* context)
    : direction_{direction}, key_{key}, context_{context} {}

std::optional<SrtpSession> SrtpSession::make(Direction direction, const SrtpKey& key) {
    if (!is_library_ready()) { return std::nullopt; }
    const Policy policy{direction, any_source(direction), 0, key};
    srtp_t context = nullptr;
    if (srtp_create(&context, policy.get()) != srtp_err_status_ok) { return std::nullopt; }
    return SrtpSession{direction, key, context};
}

SrtpDrop SrtpSession::protect_rtp(std::span<std::byte> storage, std::size_t& size) noexcept {
    if (!looks_right(storage.first(size), rtp_header_size)) { return SrtpDrop::malformed; }
    if (storage.size() - size < numbers_of(key_.suite()).rtp_tag_size) { return SrtpDrop::no_room; }
    const std::uint32_t ssrc = base::read_u32(storage, rtp_ssrc_offset);
    if (!has_room_for(ssrc)) { return SrtpDrop::too_many_sources; }
    const SrtpDrop drop = run(srtp_protect, context_.get(), storage, size);
    if (drop == SrtpDrop::none) { note(ssrc, base::read_u16(storage, sequence_offset)); }
    return drop;
}

SrtpDrop SrtpSession::protect_rtcp(std::span<std::byte> storage, std::size_t& size) noexcept {
    if (!looks_right(storage.first(size), rtcp_start_size)) { return SrtpDrop::malformed; }
    const std::size_t trailer = numbers_of(key_.suite()).rtcp_tag_size + rtcp_index_size;
    if (storage.size() - size < trailer) { return SrtpDrop::no_room; }
    const std::uint32_t ssrc = base::read_u32(storage, rtcp_ssrc_offset);
    if (!has_room_for(ssrc)) { return SrtpDrop::too_many_sources; }
    const SrtpDrop drop = run(srtp_protect_rtcp, context_.get(), storage, size);
    if (drop == SrtpDrop::none) { note(ssrc); }
    return drop;
}

SrtpDrop SrtpSession::unprotect_rtp(std::span<std::byte> storage, std::size_t& size) noexcept {
    const std::size_t smallest = rtp_header_size + numbers_of(key_.suite()).rtp_tag_size;
    if (!looks_right(storage.first(size), smallest)) { return SrtpDrop::malformed; }
    const std::uint32_t ssrc = base::read_u32(storage, rtp_ssrc_offset);
    const std::uint16_t sequence = base::read_u16(storage, sequence_offset);
    if (!has_room_for(ssrc)) { return SrtpDrop::too_many_sources; }
    // The library forgets where to expect a source only once a packet was authentic.
    if (const Source* source = find(ssrc); source != nullptr && source->is_expected) {
        const auto rollovers = static_cast<std::uint32_t>(nearest_index(source->highest, sequence) >> 16);
        srtp_set_stream_roc(context_.get(), ssrc, rollovers);
    }
    const SrtpDrop drop = run(srtp_unprotect, context_.get(), storage, size);
    if (drop == SrtpDrop::none) { note(ssrc, sequence); }
    return drop;
}

SrtpDrop SrtpSession::unprotect_rtcp(std::span<std::byte> storage, std::size_t& size) noexcept {
    const std::size_t smallest = rtcp_start_size + numbers_of(key_.suite()).rtcp_tag_size + rtcp_index_size;
    if (!looks_right(storage.first(size), smallest)) { return SrtpDrop::malformed; }
    const std::uint32_t ssrc = base::read_u32(storage, rtcp_ssrc_offset);
    if (!has_room_for(ssrc)) { return SrtpDrop::too_many_sources; }
    const SrtpDrop drop = run(srtp_unprotect_rtcp, context_.get(), storage, size);
    if (drop == SrtpDrop::none) { note(ssrc); }
    return drop;
}

bool SrtpSession::change_key(const SrtpKey& key) {
    const Policy policy{direction_, any_source(direction_), 0, key};
    key_ = key;
    return srtp_update(context_.get(), policy.get()) == srtp_err_status_ok;
}

bool SrtpSession::continue_from(const SrtpSession& before) {
    for (const Source& source : before.sources_) {
        const Policy policy{direction_, ssrc_specific, source.ssrc, key_};
        if (srtp_add_stream(context_.get(), policy.get()) != srtp_err_status_ok) { return false; }
        sources_.push_back(Source{source.ssrc, source.highest, source.has_rtp, source.has_rtp});
    }
    return true;
}

bool SrtpSession::has_rolled_over() const noexcept {
    constexpr std::uint64_t near_the_end = 0x8000;  // a packet that is lost may hide the first wrap
    return std::ranges::any_of(sources_, [](const Source& source) { return source.highest >= near_the_end; });
}

std::uint32_t SrtpSession::rollovers(std::uint32_t ssrc) const noexcept {
    const auto found = std::ranges::find(sources_, ssrc, &Source::ssrc);
    return found == sources_.end() ? 0 : static_cast<std::uint32_t>(found->highest >> 16);
}

SrtpSession::Source* SrtpSession::find(std::uint32_t ssrc) noexcept {
    const auto found = std::ranges::find(sources_, ssrc, &Source::ssrc);
    return found == sources_.end() ? nullptr : &*found;
}

// What a stranger could make longer is bounded, though only what is authentic enters it.
bool SrtpSession::has_room_for(std::uint32_t ssrc) const noexcept {
    return sources_.size() < max_sources || std::ranges::find(sources_, ssrc, &Source::ssrc) != sources_.end();
}

void SrtpSession::note(std::uint32_t ssrc) noexcept {
    if (find(ssrc) == nullptr) { sources_.push_back(Source{ssrc, 0, false, false}); }
}

void SrtpSession::note(std::uint32_t ssrc, std::uint16_t sequence) noexcept {
    note(ssrc);
    Source& source = *find(ssrc);
    const std::uint64_t index = source.has_rtp ? nearest_index(source.highest, sequence) : sequence;
    source.highest = std::max(source.highest, index);
    source.has_rtp = true;
    source.is_expected = false;
}

}  // namespace media
