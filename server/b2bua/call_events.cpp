#include "server/b2bua/call_events.hpp"

namespace server {
namespace {

using Kind = CallEvent::Kind;

class Telling {
public:
    Telling(const std::shared_ptr<const CallBrief>& call, base::Instant now, std::vector<Event>& out)
        : call_{call}, now_{now}, out_{out}, before_{out.size()} {}

    void tell(Kind kind, std::optional<CallEvent::Hold> hold = {}, std::optional<CallEnd> end = {}) {
        out_.emplace_back(CallEvent{kind, now_, call_, hold, std::move(end)});
    }
    bool said_nothing() const { return out_.size() == before_; }

private:
    const std::shared_ptr<const CallBrief>& call_;
    base::Instant now_;
    std::vector<Event>& out_;
    std::size_t before_;
};

void tell_holds(const CallBrief::Both& before, const CallBrief::Both& after, bool by_operator, Telling& to) {
    const auto tell = [&](media::Side leg, bool was, bool is) {
        if (was != is) { to.tell(is ? Kind::held : Kind::resumed, CallEvent::Hold{leg, by_operator}); }
    };
    tell(media::Side::a, before.a, after.a);
    tell(media::Side::b, before.b, after.b);
}

}  // namespace

bool is_over(const CallBrief& call) { return call.state == "ending"; }

void append_events(const CallBrief* before, const std::shared_ptr<const CallBrief>& after, base::Instant now,
                   const CallEnd& end, std::vector<Event>& out) {
    if (before != nullptr && is_over(*before)) { return; }
    static const CallBrief nothing;
    const CallBrief& was = before == nullptr ? nothing : *before;
    Telling to{after, now, out};
    if (before == nullptr) { to.tell(Kind::started); }
    if (after->state == "ringing" && was.state != after->state) { to.tell(Kind::ringing); }
    if (after->answered && !was.answered) { to.tell(Kind::answered); }
    if (after->renegotiations != was.renegotiations) { to.tell(Kind::renegotiated); }
    if (is_over(*after)) { return to.tell(Kind::ended, {}, end); }  // who held need not resume
    tell_holds(was.hold, after->hold, false, to);
    tell_holds(was.held, after->held, true, to);
    if (to.said_nothing()) { to.tell(Kind::changed); }
}

}  // namespace server
