#include "sip/message/header_id.hpp"

#include <array>
#include <cstddef>

#include "base/text.hpp"

namespace sip {
namespace {

struct Name {
    std::string_view text;
    char compact = 0;  // RFC 3261 §7.3.3 and the registrations of later RFCs; 0: none
};

// In the order of HeaderId.
constexpr std::array names = {
    Name{"Via", 'v'},
    Name{"From", 'f'},
    Name{"To", 't'},
    Name{"Call-ID", 'i'},
    Name{"CSeq"},
    Name{"Contact", 'm'},
    Name{"Max-Forwards"},
    Name{"Route"},
    Name{"Record-Route"},
    Name{"Content-Type", 'c'},
    Name{"Content-Length", 'l'},
    Name{"Content-Encoding", 'e'},
    Name{"Content-Disposition"},
    Name{"Accept"},
    Name{"Allow"},
    Name{"Supported", 'k'},
    Name{"Require"},
    Name{"Proxy-Require"},
    Name{"Unsupported"},
    Name{"Expires"},
    Name{"Min-Expires"},
    Name{"Session-Expires", 'x'},
    Name{"Min-SE"},
    Name{"Authorization"},
    Name{"Proxy-Authorization"},
    Name{"WWW-Authenticate"},
    Name{"Proxy-Authenticate"},
    Name{"Authentication-Info"},
    Name{"Retry-After"},
    Name{"Warning"},
    Name{"Reason"},
    Name{"RSeq"},
    Name{"RAck"},
    Name{"Event", 'o'},
    Name{"Refer-To", 'r'},
    Name{"Referred-By", 'b'},
    Name{"Replaces"},
    Name{"Subject", 's'},
    Name{"Date"},
    Name{"User-Agent"},
    Name{"Server"},
    Name{"Diversion"},
    Name{"History-Info"},
    Name{"P-Asserted-Identity"},
    Name{"P-Preferred-Identity"},
    Name{"Privacy"},
    Name{"Error-Info"},
    Name{"Timestamp"},
    Name{"Alert-Info"},
    Name{"Call-Info"},
    Name{"Organization"},
    Name{"Priority"},
    Name{"In-Reply-To"},
    Name{"MIME-Version"},
    Name{"Accept-Encoding"},
    Name{"Accept-Language"},
    Name{"Content-Language"},
    Name{"Subscription-State"},
    Name{"Refer-Sub"},
};
static_assert(names.size() == static_cast<std::size_t>(HeaderId::other));

constexpr std::size_t longest = 20;
constexpr std::size_t bucket_size = 8;
constexpr auto none = static_cast<std::uint8_t>(HeaderId::other);

// The known names of each length, so that a name is compared with a handful instead of with all.
struct Index {
    std::array<std::array<std::uint8_t, bucket_size>, longest + 1> by_length{};
    std::array<std::uint8_t, 128> by_letter{};
};

constexpr Index make_index() {
    Index index;
    for (auto& bucket : index.by_length) { bucket.fill(none); }
    index.by_letter.fill(none);
    std::array<std::size_t, longest + 1> used{};
    for (std::uint8_t id = 0; id < none; ++id) {
        const std::size_t length = names[id].text.size();
        index.by_length[length][used[length]++] = id;
        if (names[id].compact != 0) { index.by_letter[static_cast<unsigned char>(names[id].compact)] = id; }
    }
    return index;
}
constexpr Index index_of_names = make_index();

}  // namespace

HeaderId parse_header_id(std::string_view name) {
    if (name.size() == 1) {
        const auto letter = static_cast<unsigned char>(base::to_lower(name[0]));
        return static_cast<HeaderId>(letter < 128 ? index_of_names.by_letter[letter] : none);
    }
    if (name.empty() || name.size() > longest) { return HeaderId::other; }
    const char letter = base::to_lower(name[0]);
    for (const std::uint8_t id : index_of_names.by_length[name.size()]) {
        if (id == none) { break; }
        if (base::to_lower(names[id].text[0]) != letter) { continue; }
        // Nearly everybody writes the names as the RFC does.
        if (names[id].text == name || base::iequals(names[id].text, name)) { return static_cast<HeaderId>(id); }
    }
    return HeaderId::other;
}

std::string_view to_text(HeaderId id) {
    return id < HeaderId::other ? names[static_cast<std::size_t>(id)].text : std::string_view{};
}

}  // namespace sip
