#include "server/b2bua/line_dtls.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace server {
namespace {

using media::DtlsRole;
using sip::sdp::DtlsDescription;
using sip::sdp::Fingerprint;
using sip::sdp::Media;
using sip::sdp::Setup;

constexpr std::string_view plain_profile = "UDP/TLS/RTP/SAVP";
constexpr std::string_view feedback_profile = "UDP/TLS/RTP/SAVPF";

DtlsDescription description_of(const DescribedLine& of) {
    DtlsDescription description;
    if (auto fingerprints = sip::sdp::fingerprints_of(of.session, of.line)) {
        description.fingerprints = std::move(*fingerprints);
    }
    description.setup = sip::sdp::setup_of(of.session, of.line);
    description.tls_id = sip::sdp::tls_id_of(of.session, of.line);
    return description;
}

void write(Media& line, const OwnDtls& own, Setup setup) {
    line.attributes.push_back(sip::sdp::to_attribute(Fingerprint{own.certificate.hash, own.certificate.digest}));
    line.attributes.push_back(sip::sdp::to_attribute(setup));
    line.attributes.push_back({"tls-id", own.tls_id});
}

Setup opposite(Setup role) { return role == Setup::active ? Setup::passive : Setup::active; }

// Of a side whose certificate and tls-id are what they were: nothing but its role could still ask for another one.
bool is_same_peer(const DtlsAgreement& in_force, DtlsDescription theirs) {
    theirs.setup.reset();
    return !asks_for_new_association(in_force.theirs, theirs);
}

Setup answered_role(const DtlsDescription& offered, const DtlsAgreement* in_force) {
    const Setup setup = offered.setup.value_or(Setup::active);  // RFC 4145 §4.1
    if (setup != Setup::actpass) { return opposite(setup); }
    const bool stays = in_force != nullptr && is_same_peer(*in_force, offered);
    return stays && in_force->role == DtlsRole::client ? Setup::active : Setup::passive;
}

bool is_association(const DtlsAgreement& in_force, const DtlsAgreement& agreed) {
    return !asks_for_new_association(in_force.ours, agreed.ours) &&
           !asks_for_new_association(in_force.theirs, agreed.theirs);
}

}  // namespace

bool is_dtls(const Media& line) {
    return base::iequals(line.protocol, plain_profile) || base::iequals(line.protocol, feedback_profile);
}

bool may_have_association(const DescribedLine& line) {
    const DtlsDescription description = description_of(line);
    return is_dtls(line.line) && !description.fingerprints.empty() && description.setup != Setup::holdconn;
}

void dtls_offer(Media& line, const OwnDtls& own) {
    line.protocol = plain_profile;
    write(line, own, Setup::actpass);
    if (line.attribute("rtcp-mux") == nullptr) { line.attributes.push_back({"rtcp-mux", std::nullopt}); }
}

void dtls_answer(Media& line, const OwnDtls& own, const DescribedLine& offered) {
    line.protocol = offered.line.protocol;
    write(line, own, answered_role(description_of(offered), own.in_force));
}

std::optional<DtlsAgreement> agreed_association(const DescribedLine& ours, const DescribedLine& theirs, bool we_offered,
                                                const DtlsAgreement* in_force) {
    if (!may_have_association(ours) || !may_have_association(theirs)) { return std::nullopt; }
    DtlsAgreement agreed;
    agreed.ours = description_of(ours);
    agreed.theirs = description_of(theirs);
    DtlsDescription& offer = we_offered ? agreed.ours : agreed.theirs;
    DtlsDescription& answer = we_offered ? agreed.theirs : agreed.ours;
    const Setup offered = offer.setup.value_or(Setup::active);
    const Setup answered = answer.setup.value_or(Setup::passive);  // RFC 4145 §4.1
    if (!may_answer(offered, answered)) { return std::nullopt; }
    answer.setup = answered;
    offer.setup = opposite(answered);
    agreed.role = agreed.ours.setup == Setup::active ? DtlsRole::client : DtlsRole::server;
    for (const Fingerprint& fingerprint : agreed.theirs.fingerprints) {
        agreed.fingerprints.push_back({fingerprint.hash, fingerprint.digest});
    }
    const std::uint32_t last = in_force == nullptr ? 0 : in_force->association;
    agreed.association = in_force != nullptr && is_association(*in_force, agreed) ? last : last + 1;
    return agreed;
}

}  // namespace server
