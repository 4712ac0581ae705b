#include "tests/unit/media/srtp/reference.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <memory>

#include "base/bytes.hpp"

namespace media::test {
namespace {

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* raw(const Bytes& bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* raw(Bytes& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }
int length(const Bytes& bytes) { return static_cast<int>(bytes.size()); }

Bytes slice(const Bytes& bytes, std::size_t from, std::size_t size) {
    const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(from);
    return Bytes(begin, begin + static_cast<std::ptrdiff_t>(size));
}
void append(Bytes& to, const Bytes& more) { to.insert(to.end(), more.begin(), more.end()); }

Bytes word(std::uint32_t value) {
    Bytes out(4);
    base::write_u32(out, 0, value);
    return out;
}

// XORs the low `size` bytes of `value` into `out`, the last of them at `last`.
void mix(Bytes& out, std::size_t last, std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) { out[last - i] ^= static_cast<std::byte>(value >> (8 * i) & 0xffU); }
}

Bytes derive_one(const SrtpKey& master, std::uint8_t label, std::size_t size) {
    const SrtpSuiteNumbers numbers = numbers_of(master.suite());
    const Bytes all(master.bytes().begin(), master.bytes().end());
    Bytes counter = slice(all, numbers.key_size, numbers.salt_size);
    counter.resize(16);  // a salt of 12 stands at the left (RFC 7714 §11)
    counter[7] ^= std::byte{label};
    return key_stream(slice(all, 0, numbers.key_size), counter, size);
}

}  // namespace

Bytes key_stream(const Bytes& key, const Bytes& counter, std::size_t size) {
    const Cipher cipher{EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free};
    const Bytes zeros(size);
    Bytes out(size + 16);
    int written = 0;
    EVP_EncryptInit_ex(cipher.get(), key.size() == 16 ? EVP_aes_128_ctr() : EVP_aes_256_ctr(), nullptr, raw(key),
                       raw(counter));
    EVP_EncryptUpdate(cipher.get(), raw(out), &written, raw(zeros), length(zeros));
    out.resize(size);
    return out;
}

SrtpSessionKeys derive(const SrtpKey& master, std::uint8_t first_label) {
    const SrtpSuiteNumbers numbers = numbers_of(master.suite());
    constexpr std::size_t sha1_key_size = 20;
    return {derive_one(master, first_label, numbers.key_size),
            derive_one(master, static_cast<std::uint8_t>(first_label + 2), numbers.salt_size),
            derive_one(master, static_cast<std::uint8_t>(first_label + 1), sha1_key_size)};
}

Bytes protect_counter_mode(const SrtpSessionKeys& keys, const Bytes& packet, const Protection& how) {
    Bytes counter = keys.salt;
    counter.resize(16);
    mix(counter, 7, how.ssrc, 4);
    mix(counter, 13, how.index, 6);
    const Bytes stream = key_stream(keys.cipher, counter, packet.size() - how.header_size);
    Bytes out = packet;
    for (std::size_t i = 0; i < stream.size(); ++i) { out[how.header_size + i] ^= stream[i]; }
    if (how.is_rtcp) { append(out, word(0x80000000U | static_cast<std::uint32_t>(how.index))); }
    Bytes authenticated = out;
    if (!how.is_rtcp) { append(authenticated, word(static_cast<std::uint32_t>(how.index >> 16))); }
    Bytes tag(20);
    unsigned size = 0;
    HMAC(EVP_sha1(), raw(keys.authentication), length(keys.authentication), raw(authenticated), authenticated.size(),
         raw(tag), &size);
    append(out, slice(tag, 0, how.tag_size));
    return out;
}

Bytes protect_gcm(const SrtpSessionKeys& keys, const Bytes& packet, const Protection& how) {
    Bytes iv = keys.salt;
    mix(iv, 5, how.ssrc, 4);
    mix(iv, 11, how.index, 6);
    Bytes associated = slice(packet, 0, how.header_size);
    const Bytes trailer = how.is_rtcp ? word(0x80000000U | static_cast<std::uint32_t>(how.index)) : Bytes{};
    append(associated, trailer);
    const Bytes body = slice(packet, how.header_size, packet.size() - how.header_size);
    Bytes sealed(body.size());
    Bytes tag(16);
    int written = 0;
    const Cipher cipher{EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free};
    EVP_EncryptInit_ex(cipher.get(), keys.cipher.size() == 16 ? EVP_aes_128_gcm() : EVP_aes_256_gcm(), nullptr,
                       raw(keys.cipher), raw(iv));
    EVP_EncryptUpdate(cipher.get(), nullptr, &written, raw(associated), length(associated));
    EVP_EncryptUpdate(cipher.get(), raw(sealed), &written, raw(body), length(body));
    EVP_EncryptFinal_ex(cipher.get(), raw(sealed) + written, &written);
    EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_GET_TAG, length(tag), raw(tag));
    Bytes out = slice(packet, 0, how.header_size);
    append(out, sealed);
    append(out, tag);
    append(out, trailer);
    return out;
}

}  // namespace media::test
