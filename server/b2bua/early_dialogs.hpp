// The early dialogs of an INVITE of ours, one for each To tag that comes back (RFC 3261 §12.1, §13.2.2.4). The leg is
// one of them, the others wait here. Leaves out what is said in them: call_early_dialogs.cpp.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "server/b2bua/fork.hpp"
#include "sip/message/message.hpp"

namespace server {

class EarlyDialogs {
public:
    static constexpr std::size_t max_dialogs = 8;

    // The INVITE goes out: as `leg` is now, each of its dialogs begins.
    void begin(const Fork& leg);
    // It goes out once more: `leg` is as it was before the first response.
    void begin_anew(Fork& leg);
    // The leg becomes the dialog of this tag of the peer. False: there is none.
    bool enter(Fork& leg, std::string_view tag);
    // That of this response, which may make a new one. False: it makes no dialog, or, provisional, one too many.
    bool enter(Fork& leg, const sip::Message& invite, const sip::Message& response);
    // A 2xx came: no other dialog begins.
    void close() { as_sent_.reset(); }
    // Those that the leg is not now.
    const std::vector<Fork>& others() const { return others_; }
    const Fork* find(std::string_view tag) const;  // of these

private:
    std::unique_ptr<const Fork> as_sent_;  // on the heap: most legs never have one, and no leg for long
    std::vector<Fork> others_;
};

}  // namespace server
