#include "server/b2bua/bridge_rules.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace server {
namespace {

using sip::sdp::Attribute;
using sip::sdp::Format;
using sip::sdp::Media;
using sip::sdp::Session;

constexpr std::string_view events = "telephone-event";

bool is_event(const Format& format) { return base::iequals(format.encoding, events) && format.clock_hz == 8000; }

bool is_codec_of(const Format& format, const std::vector<std::string>& codecs) {
    if (format.clock_hz != 8000 || format.channels != 1) { return false; }
    return std::any_of(codecs.begin(), codecs.end(),
                       [&](const std::string& codec) { return base::iequals(codec, format.encoding); });
}

bool has_same_codec(const Formats& formats, const Format& wanted) {
    return std::any_of(formats.begin(), formats.end(),
                       [&](const Format& format) { return sip::sdp::same_meaning(format, wanted); });
}

bool is_audio(const Media& media) { return media.kind == "audio" && !media.is_disabled(); }

bool has_codec(const Media& media, const std::vector<std::string>& codecs) {
    const auto formats = sip::sdp::formats_of(media);
    return std::any_of(formats.begin(), formats.end(),
                       [&](const Format& format) { return is_codec_of(format, codecs); });
}

// The number that this dialog knows the format by, else one that it has not used for anything else (RFC 3264 §8.3.2).
std::uint8_t payload_number(const Format& format, std::uint8_t wish, const sip::sdp::LineLedger* ledger) {
    if (ledger == nullptr) { return wish; }
    for (const auto* known : {&ledger->local_formats, &ledger->remote_formats}) {
        for (const auto& [number, meaning] : *known) {
            if (sip::sdp::same_meaning(meaning, format)) { return number; }
        }
    }
    const auto taken = [&](std::uint8_t number) {
        return ledger->local_formats.contains(number) || ledger->remote_formats.contains(number);
    };
    if (!taken(wish)) { return wish; }
    std::uint8_t number = 96;
    while (number < 127 && taken(number)) { ++number; }
    return number;
}

Format static_format(std::string_view codec) {
    const bool pcma = base::iequals(codec, "PCMA");
    return Format{static_cast<std::uint8_t>(pcma ? 8 : 0), pcma ? "PCMA" : "PCMU", 8000, 1, {}};
}

std::string rtpmap_of(const Format& format) {
    return std::to_string(format.payload) + " " + format.encoding + "/" + std::to_string(format.clock_hz);
}

Media audio_line(const Face& face, bool mux) {
    Media media;
    media.kind = "audio";
    media.port = face.rtp.port;
    media.protocol = "RTP/AVP";
    for (const Format& format : face.formats) {
        media.formats.push_back(std::to_string(format.payload));
        media.attributes.push_back(Attribute{"rtpmap", rtpmap_of(format)});
        if (!format.fmtp.empty()) {
            media.attributes.push_back(Attribute{"fmtp", std::to_string(format.payload) + " " + format.fmtp});
        }
    }
    media.attributes.push_back(Attribute{"ptime", "20"});
    if (mux) { media.attributes.push_back(Attribute{"rtcp-mux", std::nullopt}); }
    sip::sdp::set_direction(media, face.direction);
    return media;
}

Media disabled(const Media& line) {
    Media media;
    media.kind = line.kind;
    media.protocol = line.protocol;
    media.formats = line.formats;
    if (media.formats.empty()) { media.formats.emplace_back("0"); }
    return media;
}

Session session_at(const base::Endpoint& rtp) {
    Session session;
    session.connection = sip::sdp::Connection::of(rtp.address);
    session.others.push_back(sip::sdp::Line{'t', "0 0"});
    return session;
}

}  // namespace

std::optional<std::size_t> find_slot(const Session& remote, std::optional<std::size_t> current,
                                     const LineRules& rules) {
    const auto usable = [&](std::size_t index) {
        if (index >= remote.media.size() || !is_audio(remote.media[index])) { return false; }
        return has_codec(remote.media[index], rules.codecs) &&
               may_carry_audio({remote, remote.media[index]}, rules.security);
    };
    if (current && usable(*current)) { return current; }
    for (std::size_t index = 0; index < remote.media.size(); ++index) {
        if (usable(index)) { return index; }
    }
    return std::nullopt;
}

const Media* find_unprotected(const Session& remote, const LineRules& rules) {
    const auto found = std::ranges::find_if(
        remote.media, [&](const Media& line) { return is_audio(line) && has_codec(line, rules.codecs); });
    return found == remote.media.end() ? nullptr : &*found;
}

std::optional<std::size_t> find_slot_or_removal(const Session& remote, std::optional<std::size_t> current,
                                                const LineRules& rules) {
    if (const auto found = find_slot(remote, current, rules)) { return found; }
    const bool removed = current && *current < remote.media.size() && remote.media[*current].is_disabled();
    return removed ? current : std::nullopt;
}

Formats usable_formats(const Media& media, const std::vector<std::string>& codecs) {
    Formats usable;
    for (Format& format : sip::sdp::formats_of(media)) {
        if (is_codec_of(format, codecs) || is_event(format)) { usable.push_back(std::move(format)); }
    }
    return usable;
}

Formats without_conflicts(Formats offered, const sip::sdp::LineLedger* ledger) {
    if (ledger == nullptr) { return offered; }
    std::erase_if(offered, [&](const Format& format) {
        const auto ours = ledger->local_formats.find(format.payload);
        return ours != ledger->local_formats.end() && !sip::sdp::same_meaning(ours->second, format);
    });
    return offered;
}

Formats offer_formats(const Formats& preferred, const std::vector<std::string>& codecs,
                      const sip::sdp::LineLedger* ledger) {
    Formats formats;
    for (const Format& format : preferred) {
        if (is_codec_of(format, codecs) && !has_same_codec(formats, format)) {
            formats.push_back(static_format(format.encoding));
        }
    }
    for (const std::string& codec : codecs) {
        const Format format = static_format(codec);
        if (!has_same_codec(formats, format)) { formats.push_back(format); }
    }
    Format event{101, std::string{events}, 8000, 1, "0-15"};
    const auto theirs = std::find_if(preferred.begin(), preferred.end(), is_event);
    if (theirs != preferred.end()) { event.fmtp = theirs->fmtp; }
    event.payload = payload_number(event, theirs == preferred.end() ? event.payload : theirs->payload, ledger);
    formats.push_back(std::move(event));
    return formats;
}

Formats answer_formats(const Formats& offered, const Formats& preferred) {
    Formats formats;
    const auto voice = [](const Format& format) { return !is_event(format); };
    for (const Format& format : preferred) {
        const auto match = std::find_if(offered.begin(), offered.end(), [&](const Format& candidate) {
            return voice(candidate) && sip::sdp::same_meaning(candidate, format);
        });
        if (match == offered.end()) { continue; }
        formats.push_back(*match);
        break;
    }
    if (formats.empty()) {
        const auto first = std::find_if(offered.begin(), offered.end(), voice);
        if (first == offered.end()) { return formats; }  // events alone make no call
        formats.push_back(*first);
    }
    const auto event = std::find_if(offered.begin(), offered.end(), is_event);
    if (event != offered.end()) { formats.push_back(*event); }
    return formats;
}

Session make_offer(const Face& face, const Session* previous, std::size_t slot) {
    Session session = session_at(face.rtp);
    const std::size_t lines = std::max(slot + 1, previous == nullptr ? 0 : previous->media.size());
    for (std::size_t index = 0; index < lines; ++index) {
        session.media.push_back(index == slot ? audio_line(face, false) : disabled(previous->media[index]));
    }
    return session;
}

Session make_answer(const Face& face, const Session& offer, std::size_t slot) {
    Session session = session_at(face.rtp);
    for (std::size_t index = 0; index < offer.media.size(); ++index) {
        const Media& line = offer.media[index];
        const bool mux = line.attribute("rtcp-mux") != nullptr;
        session.media.push_back(index == slot ? audio_line(face, mux) : disabled(line));
    }
    return session;
}

Session make_declining_answer(const Session& offer, const base::Endpoint& rtp) {
    Session session = session_at(rtp);
    for (const Media& line : offer.media) { session.media.push_back(disabled(line)); }
    return session;
}

bool changes_codec(const sip::sdp::Agreed& before, const Session& offer, std::size_t slot,
                   const std::vector<std::string>& codecs) {
    if (slot >= before.remote.media.size() || slot >= offer.media.size()) { return true; }
    const Media& was = before.remote.media[slot];
    const Media& is = offer.media[slot];
    if (was.is_disabled() != is.is_disabled()) { return true; }
    const auto voices = [&](const Media& media) {
        Formats formats = sip::sdp::formats_of(media);
        std::erase_if(formats, [&](const Format& format) { return !is_codec_of(format, codecs); });
        return formats;
    };
    const Formats used = voices(was);
    const Formats wanted = voices(is);
    if (used.empty() || wanted.empty()) { return used.empty() != wanted.empty(); }
    return !(before.offered ? has_same_codec(wanted, used.front())
                            : sip::sdp::same_meaning(used.front(), wanted.front()));
}

}  // namespace server
